package issues_test

import (
	"testing"

	"postbag/digest/store/issues"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyComments, issues.Statements, func(y storetest.Years) map[string][]string {
		return map[string][]string{
			"candidates":        {"[1,2,3,4,5]"},
			"nodes since":       {"1", y.Late},
			"nodes first":       {"1", y.Late},
			"nodes under posts": {"1", y.Late, y.Late},
			"comments since":    {"1", y.Late},
			"picked in":         {"1", y.Issue, "[1,2,3,4,5]"},
			"nodes kept":        {"1", y.Late, "3"},
			"decisions":         {"1", "[1,2,3,4,5]"},
			"ancestry":          {"[1,2,3,4,5]"},
		}
	})
}
