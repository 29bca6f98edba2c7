package ledger_test

import (
	"testing"

	"postbag/digest/store/ledger"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyReaders, ledger.Statements, func(y storetest.Years) map[string][]string {
		claims := `[{"id":7,"fence":1},{"id":9,"fence":1}]`
		return map[string][]string{
			"settle":    {`[{"id":7,"fence":1,"state":"sent","at":1,"cause":"accepted","code":250,"reply":"ok"},{"id":9,"fence":1,"state":"sent","at":1,"cause":"accepted","code":250,"reply":"ok"}]`, y.Issue},
			"claim":     {"1", y.Late, y.Issue, "10", "queued", "1", "1"},
			"begin":     {claims, y.Late, y.Issue},
			"not begun": {claims, y.Late, y.Issue},
			"release":   {y.Issue, "1", y.Late},
			"recover":   {y.Issue, "1", y.Late, "deferred", y.Late},
			"stranded":  {y.Issue, "1"},
			"next try":  {y.Issue},
			"any open":  {y.Issue},

			"freeze audience": {y.Issue},
			"editors first":   {y.Issue},
			"counts":          {y.Issue},
		}
	}, "freeze audience", "editors first")
}
