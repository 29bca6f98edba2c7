package store_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A scan over a table that grows with the blog or the list, without an index
// that puts its rows in the order asked for.
var fullScan = regexp.MustCompile(`SCAN (c|r|comments|p|posts|l|comment_versions|listings|s|subscribers|d|deliveries|signups|notices|confirmations|near_prints|near_links)\b`)

func TestHotStatementsScanNoLargeTable(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "postbag.db"))
	for name, query := range db.HotStatements() {
		t.Run(name, func(t *testing.T) {
			args := make([]any, query.Args)
			for i := range args {
				args[i] = "[]"
			}
			plan, err := db.QueryPlan(t.Context(), query.SQL, args...)
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range plan {
				ordered := name == "newest comments" && strings.Contains(line, "USING INDEX comments_newest")
				// This index holds the rows asked for and no others.
				partial := strings.Contains(line, "USING COVERING INDEX deliveries_uncertain")
				if fullScan.MatchString(line) && !ordered && !partial || strings.Contains(line, "AUTOMATIC") {
					t.Errorf("%s\nin\n%s", line, strings.Join(plan, "\n"))
				}
				if name == "settle" && strings.Contains(line, "deliveries") && !strings.Contains(line, "INTEGER PRIMARY KEY") {
					t.Errorf("does not find rows by id: %s", line)
				}
				if strings.HasPrefix(name, "newest") && strings.Contains(line, "TEMP B-TREE") {
					t.Errorf("sorts: %s", line)
				}
			}
		})
	}
}

func TestEveryConnectionIsSetUp(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "postbag.db"))
	for _, c := range []struct {
		pragma string
		writer bool
		want   string
	}{
		{"journal_mode", true, "wal"}, {"journal_mode", false, "wal"},
		{"synchronous", true, "2"}, {"foreign_keys", true, "1"}, {"foreign_keys", false, "1"},
		{"busy_timeout", true, "60000"}, {"busy_timeout", false, "60000"},
		{"query_only", true, "0"}, {"query_only", false, "1"},
	} {
		got, err := db.Pragma(t.Context(), c.pragma, c.writer)
		if err != nil || got != c.want {
			t.Errorf("%s (writer %t) is %q (%v), want %q", c.pragma, c.writer, got, err, c.want)
		}
	}
}
