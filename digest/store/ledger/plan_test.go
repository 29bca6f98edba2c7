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
			"settle":         {y.Issue, `[{"id":7,"fence":1,"state":"sent","at":1,"held":1,"cause":"accepted","code":250,"reply":"ok"},{"id":9,"fence":1,"state":"sent","at":1,"held":1,"cause":"accepted","code":250,"reply":"ok"}]`},
			"claim":          {"10", y.Issue, y.Late, "queued", "1", "1", "1"},
			"not beginnable": {claims, y.Issue},
			"not begun":      {claims, y.Late, y.Issue},
			"release":        {y.Issue, "1", y.Late},
			"recover":        {y.Issue, "1", y.Late, "deferred", y.Late},
			"stranded":       {y.Issue, "1"},
			"ahead":          {y.Issue, y.Late, y.Late},
			"next try":       {y.Issue, "3"},
			"any open":       {y.Issue},

			"freeze audience": {y.Issue, "0", "5000"},
			"editors first":   {y.Issue, "0", "5000"},
			"counts":          {y.Issue},
			"failed back":     {y.Issue, y.Late},
			"queued back":     {y.Issue, y.Late},
			"deferred back":   {y.Issue, y.Late},
		}
	}, "freeze audience", "editors first")
}
