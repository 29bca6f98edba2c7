package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/store/storetest"
	"postbag/subscribers/bench"
)

// measured runs a small measurement in real processes and reads its rows.
func measured(t *testing.T, args ...string) []benchRow {
	t.Helper()
	digesttest.NotUnderRace(t) // it only waits for processes
	t.Chdir(t.TempDir())
	var rows []benchRow
	out := ranBench(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &rows); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if left, err := filepath.Glob(".*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	return rows
}

func ranBench(t *testing.T, args ...string) string {
	t.Helper()
	var out, said strings.Builder
	p := &Program{Args: append([]string{"bench", "deliver"}, args...), Stdout: &out, Stderr: &said, Clock: digest.SystemClock{}}
	if err := p.Run(t.Context()); err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	return out.String()
}

// check looks at what every row must have; how fast it was is the machine's affair.
func (r benchRow) check(t *testing.T, name string, mails, workers, rounds int) {
	t.Helper()
	if r.Name != name || r.Mails != mails || r.Workers != workers || r.Connections != 10 || len(r.Rounds) != rounds ||
		r.PerSecond <= 0 || r.CPU <= 0 || r.RSS == nil || *r.RSS < 5 {
		t.Errorf("%+v", r)
	}
	if (r.Database != nil) != (name == bench.Postbag) || (r.Database != nil) != (r.TimesGoMail != nil && r.ShareOfRaw != nil && r.Readers != nil) {
		t.Errorf("%+v", r)
	}
}

// TestBenchDeliver measures a little of everything.
func TestBenchDeliver(t *testing.T) {
	rows := measured(t, "--mails", "200", "--rounds", "2")
	if len(rows) != 3 {
		t.Fatalf("%+v", rows)
	}
	for i, name := range []string{bench.Postbag, bench.GoMail, bench.Raw} {
		rows[i].check(t, name, 200, 1, 2)
	}
	if rows[0].Allocs < 1 || rows[1].Allocs < 1 || *rows[0].Database != "sqlite" || *rows[0].Readers != 200 || rows[0].Begin != nil {
		t.Errorf("%+v", rows)
	}
}

// TestBenchOfLongList sends to some of a list only: those, and what was on the wire
// when it was stopped.
func TestBenchOfLongList(t *testing.T) {
	rows := measured(t, "--mails", "200", "--readers", "3000", "--rounds", "1", "--latency", "2ms")
	r := rows[0]
	if r.Mails < 200 || r.Mails > 600 || *r.Readers != 3000 || r.Begin == nil || r.Latency != 2 {
		t.Errorf("%+v", r)
	}
}

// TestBenchWorkers has two processes share the work, in a database that is gone
// afterwards. The account may make databases; one that may not is told so.
func TestBenchWorkers(t *testing.T) {
	server := connected(t, storetest.Postgres(t))
	var rows []benchRow
	withRole(t, server, "CREATEDB", func(address, role string) {
		rows = measured(t, "--db", address, "--mails", "200", "--rounds", "1", "--workers", "2")
		var left int
		err := server.QueryRow(t.Context(), `SELECT COUNT(*) FROM pg_database WHERE datdba = CAST($1 AS regrole)`, role).Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d databases are left behind, %v", left, err)
		}
	})
	if len(rows) != 4 {
		t.Fatalf("%+v", rows)
	}
	rows[0].check(t, bench.Postbag, 200, 1, 1)
	rows[1].check(t, bench.Postbag, 200, 2, 1)
	if rows[1].TimesOneWorker == nil || *rows[1].Database != "postgresql" {
		t.Errorf("%+v", rows[1])
	}
	withRole(t, server, "NOCREATEDB", func(address, _ string) {
		p := &Program{Args: []string{"bench", "deliver", "--db", address}, Stdout: os.Stderr, Stderr: os.Stderr, Clock: digest.SystemClock{}}
		if err := p.Run(t.Context()); digest.KindOf(err) != digest.Forbidden || !strings.Contains(digest.HintOf(err), "CREATEDB") {
			t.Error(err)
		}
	})
}

// pgServer is a connection and the address that it was made with.
type pgServer struct {
	*pgx.Conn
	address *url.URL
}

func connected(t *testing.T, address string) pgServer {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return pgServer{conn, u}
}

// withRole does something with an account that is dropped afterwards.
func withRole(t *testing.T, server pgServer, may string, do func(address, role string)) {
	t.Helper()
	role := "postbag_test_" + strings.ToLower(rand.Text())
	password := rand.Text()
	if _, err := server.Exec(t.Context(), "CREATE ROLE "+role+" LOGIN "+may+" PASSWORD '"+password+"'"); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if _, err := server.Exec(t.Context(), "DROP ROLE "+role); err != nil {
			t.Error(err)
		}
	}()
	u := *server.address
	u.User = url.UserPassword(role, password)
	q := u.Query()
	q.Del("search_path")
	u.RawQuery = q.Encode()
	do(u.String(), role)
}

// TestBenchBudgets says of each budget whether it is held.
func TestBenchBudgets(t *testing.T) {
	good := bench.Figures{Name: bench.Postbag, Workers: 1, Readers: 10_000, CPU: 100 * time.Microsecond, Allocs: 60, Resident: 64<<20 - 1, TimesGoMail: 4, ShareOfRaw: 0.34}
	two := bench.Figures{Name: bench.Postbag, Workers: 2, TimesOneWorker: 1.8}
	bad := bench.Figures{Name: bench.Postbag, Workers: 1, Readers: 10_000, CPU: 101 * time.Microsecond, Allocs: 61, Resident: 64 << 20, TimesGoMail: 3.9, ShareOfRaw: 0.33}
	worse := bench.Figures{Name: bench.Postbag, Workers: 2, TimesOneWorker: 1.7}
	others := []bench.Figures{{Name: bench.GoMail, Workers: 1}, {Name: bench.Raw, Workers: 1}}
	for word, found := range map[string][]bench.Figures{"held": append(others, good, two), "missed": append(others, bad, worse)} {
		lines := budgets(found)
		if len(lines) != 6 {
			t.Errorf("%q", lines)
		}
		for _, line := range lines {
			if !strings.HasSuffix(line, ", "+word) {
				t.Errorf("%q is not %s", line, word)
			}
		}
	}
	good.Begin = 2 * time.Second
	if lines := budgets([]bench.Figures{good}); !strings.Contains(lines[0], "10000 readers") || !strings.Contains(lines[0], "2.0 s") {
		t.Errorf("%q", lines)
	}
}

// TestBenchRefuses bad numbers before anything is made.
func TestBenchRefuses(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"--mails", "0"}, {"--mails", "3000000"}, {"--readers", "5"}, {"--connections", "0"}, {"--rounds", "0"}, {"--latency", "-1s"},
		{"--workers", "2"}, {"--workers", "2", "--db", "postgres://nobody@127.0.0.1/x", "--readers", "20000"},
	} {
		p := &Program{Args: append([]string{"bench", "deliver"}, args...), Stdout: os.Stderr, Stderr: os.Stderr, Clock: digest.SystemClock{}}
		if err := p.Run(t.Context()); digest.KindOf(err) != digest.Invalid || digest.HintOf(err) == "" {
			t.Errorf("%v: %v", args, err)
		}
	}
	if left, err := os.ReadDir("."); err != nil || len(left) > 0 {
		t.Error(left, err)
	}
}

// TestBenchLeavesTheDatabaseOfTheSettingsAlone measures SQLite although the settings name
// a PostgreSQL server, which is asked nothing, and says what it measured on.
func TestBenchLeavesTheDatabaseOfTheSettingsAlone(t *testing.T) {
	digesttest.NotUnderRace(t)
	t.Chdir(t.TempDir())
	if err := os.WriteFile("postbag.toml", []byte("db = \"postgres://postbag@"+digesttest.Nobody(t)+"/postbag\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out := ranBench(t, "--config", "postbag.toml", "--mails", "50", "--rounds", "1")
	if !strings.Contains(out, "measured on SQLite") {
		t.Errorf("it says:\n%s", out)
	}
}

// TestBenchOfNothing says which numbers of mails there are.
func TestBenchOfNothing(t *testing.T) {
	p := &Program{Args: []string{"bench", "deliver", "--mails", "0"}, Stdout: io.Discard, Stderr: io.Discard, Clock: digest.SystemClock{}}
	err := p.Run(t.Context())
	if digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), "--mails cannot be 0") {
		t.Errorf("it gives %v", err)
	}
}
