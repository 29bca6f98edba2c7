package roster_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"postbag/digest/digesttest"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/roster"
)

func TestMain(m *testing.M) { os.Exit(storetest.Pooled{Tests: m}.Run()) }

func openDatabase(t *testing.T) *roster.Service {
	t.Helper()
	return roster.New(roster.Options{Store: storetest.Open(t, storetest.Database(t), digesttest.NewClock(noon)), Clock: digesttest.NewClock(noon)})
}

func TestAListMovesFromOneDatabaseToAnother(t *testing.T) {
	from, to := openDatabase(t), openDatabase(t)
	in := big(1500) + "left@example.org,Left\n"
	in = strings.Replace(in, "email,name", "email,name,state,frequency,left_at", 1)
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(in), "\n") {
		switch {
		case i == 0:
			b.WriteString(line + "\n")
		case strings.HasPrefix(line, "left@"):
			b.WriteString(line + ",complained,monthly,2025-01-02T03:04:05.000006Z\n")
		default:
			b.WriteString(line + ",active,,\n")
		}
	}
	foreseen := agreed
	foreseen.DryRun = true
	dry, err := from.Import(t.Context(), tester, strings.NewReader(b.String()), foreseen)
	if err != nil {
		t.Fatal(err)
	}
	report, err := from.Import(t.Context(), tester, strings.NewReader(b.String()), agreed)
	if err != nil {
		t.Fatal(err)
	}
	if report.Added != 1501 || report.Duplicated != 150 || dry.Added != report.Added || dry.Duplicated != report.Duplicated {
		t.Errorf("imported %+v, foreseen %+v", report, dry)
	}
	var first, second bytes.Buffer
	if n, err := from.Export(t.Context(), tester, "out.csv", &first, roster.Filter{}); err != nil || n != 1501 {
		t.Fatalf("exported %d, %v", n, err)
	}
	if _, err := to.Import(t.Context(), tester, bytes.NewReader(first.Bytes()), agreed); err != nil {
		t.Fatal(err)
	}
	if _, err := to.Export(t.Context(), tester, "out.csv", &second, roster.Filter{}); err != nil {
		t.Fatal(err)
	}
	if first.String() != second.String() {
		t.Error("the two databases export different lists")
	}
	if !strings.Contains(first.String(), "left@example.org,Left,complained,monthly,2026-03-02T12:00:00Z,,2025-01-02T03:04:05.000006Z") {
		t.Error("who complained elsewhere is not kept as that")
	}
	counts, err := to.Counts(t.Context())
	if err != nil || counts[subscribers.Active] != 1500 || counts[subscribers.Complained] != 1 {
		t.Errorf("%v, %v", counts, err)
	}
}
