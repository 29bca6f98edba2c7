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
			"stale notices":    {y.Micros(0)},
			"claim notices":    {y.Late, y.Micros(0), "10"},
			"sign-ups":         {y.Micros(20_000 * time.Second), "reader7@list.example", "0", "192.0.2.1", "list.example"},
			"pending before":   {y.Micros(0)},
			"spent sign-ups":   {y.Micros(0)},
			"pale sign-ups":    {y.Micros(0)},
			"subscriber state": {"reader7@list.example"},
		}
	})
}
