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
			"shown":             {y.Issue},
			"lessons":           {"1", y.Issue, "9"},
			"taste":             {"1", y.Issue},
		}
	})
}

func TestReadingScansNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyComments, issues.OfferedStatements, func(y storetest.Years) map[string][]string {
		return map[string][]string{
			"news":       {y.Issue, "39990", "1", "ann"},
			"open since": {"1", y.Issue, y.Late}, "open first": {"1", y.Issue, y.Late},
			"posts since": {"1", y.Issue, y.Late}, "posts first": {"1", y.Issue, y.Late},
			"nodes since": {"1", y.Issue, "7", y.Late}, "nodes first": {"1", y.Issue, "7", y.Late},
			"posts older": {"1", y.Issue, "40", "0"}, "nodes older": {"1", y.Issue, "7"},
		}
	}, "posts older")
}
