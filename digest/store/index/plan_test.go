package index_test

import (
	"testing"

	"postbag/digest/store/index"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyComments, index.Statements, func(_ storetest.Years) map[string][]string {
		return map[string][]string{
			"search entries":  {"[1,2,3,4,5]"},
			"search posts":    {"[1,2,3,4,5]"},
			"index waits":     {},
			"index todo":      {"500"},
			"index walk":      {"0", "500"},
			"near links":      {"[2,4,6]", "5000"},
			"near comments":   {"[1,2,3]"},
			"near posts":      {"[1,2,3]"},
			"near texts":      {"[1,2,3]"},
			"near post texts": {"[1,2,3]"},
			"near later":      {"[2,4,6]"},
			"near waits":      {},
			"near todo":       {"100"},
			"near walk":       {"39000", "100"},
		}
	})
}
