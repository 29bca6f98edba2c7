package main

import (
	"context"
	"encoding/json"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

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
// afterwards.
func TestBenchWorkers(t *testing.T) {
	address := storetest.Postgres(t)
	rows := measured(t, "--db", address, "--mails", "200", "--rounds", "1", "--workers", "2")
	if len(rows) != 4 {
		t.Fatalf("%+v", rows)
	}
	rows[0].check(t, bench.Postbag, 200, 1, 1)
	rows[1].check(t, bench.Postbag, 200, 2, 1)
	if rows[1].TimesOneWorker == nil || *rows[1].Database != "postgresql" {
		t.Errorf("%+v", rows[1])
	}
	if left := scratchDatabases(t, address); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// scratchDatabases lists those of this server in which nobody works any more.
func scratchDatabases(t *testing.T, address string) (names []string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	rows, err := conn.Query(ctx, `SELECT datname FROM pg_database d WHERE datname LIKE 'postbag\_scratch\_%'
		AND NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.datid = d.oid)`)
	if err == nil {
		names, err = pgx.CollectRows(rows, pgx.RowTo[string])
	}
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// TestBenchTable prints the budgets beside the figures.
func TestBenchTable(t *testing.T) {
	digesttest.NotUnderRace(t)
	t.Chdir(t.TempDir())
	out := ranBench(t, "--mails", "100", "--rounds", "1")
	for _, want := range []string{"MAILS/S", "\npostbag ", "\ngo-mail ", "\nraw ", "\nbudget 4 × go-mail, aim 6 ×: ", "\nbudget a third of raw", "100 µs", "60 allocations", "64 MB"} {
		if !strings.Contains(out, want) {
			t.Errorf("without %q:\n%s", want, out)
		}
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
