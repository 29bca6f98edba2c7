package pages_test

import (
	"testing"

	"postbag/digest/store/pages"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyComments, pages.Statements, func(y storetest.Years) map[string][]string {
		return map[string][]string{
			"closed for source":  {"1"},
			"known posts":        {"1", y.Page},
			"known comments":     {"1", y.Page},
			"posts by url":       {"1", y.Page},
			"posts by guid":      {"1", y.Page},
			"comments by guid":   {"1", y.Page},
			"waiting for post":   {"1", y.Page},
			"waiting for parent": {"1", y.Page},
			"waiting by post":    {"1", y.Page},
			"waiting by parent":  {"1", y.Page},
			"stored posts":       {"1", "[1,2,3,4,5]"},
			"posts by key":       {"1", y.Keys},
			"posts by url key":   {"1", y.Keys},
			"posts by ref":       {"1", y.Keys},
			"posts keyed":        {"1", y.Keys},
			"posts url keyed":    {"1", y.Keys},
			"stored comments":    {"1", "[1,2,3,4,5]"},
			"comments by alias":  {"1", y.Page},
			"comments by key":    {"1", y.Keys},
			"comments keyed":     {"1", y.Keys},
			"deleted":            {"1", y.Page},
			"mark gone":          {"absence", "", "[1,2,3,4,5]"},
			"live of post":       {"3", "1", y.Late},
			"live of source":     {"1", "39000", y.Late, "1000"},
			"old versions":       {"3", "50"},
		}
	})
}
