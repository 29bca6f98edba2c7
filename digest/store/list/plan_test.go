package list_test

import (
	"testing"
	"time"

	"postbag/digest/store/list"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyReaders, list.Statements, func(y storetest.Years) map[string][]string {
		return map[string][]string{
			"free letters":     {"1"},
			"lost letters":     {"1", y.Late},
			"claim letters":    {"1", y.Micros(0), "10"},
			"begin letter":     {"7", "1"},
			"sign-ups":         {y.Micros(20_000 * time.Second), "reader7@list.example", "0", "192.0.2.1", "list.example", "confirmation", "0"},
			"pending before":   {y.Micros(0)},
			"spent sign-ups":   {y.Micros(0)},
			"pale sign-ups":    {y.Micros(0)},
			"subscriber state": {"reader7@list.example"},
		}
	})
}
