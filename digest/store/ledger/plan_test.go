package ledger_test

import (
	"testing"

	"postbag/digest/store/ledger"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, ledger.Statements, func(y storetest.Years) map[string][]string {
		return map[string][]string{
			"settle":   {`[{"id":7,"attempts":1,"state":"sent","at":1,"code":250,"reply":"ok"},{"id":9,"attempts":1,"state":"sent","at":1,"code":250,"reply":"ok"}]`, y.Issue},
			"claim":    {y.Issue, y.Late, "10", "queued", "1", "1", "1"},
			"recover":  {"deferred", y.Late, y.Late, "no answer", y.Issue, "1"},
			"stranded": {y.Issue, "1"},
			"next try": {y.Issue},
			"any open": {y.Issue},
		}
	}, "freeze audience", "counts")
}
