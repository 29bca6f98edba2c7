package main

import (
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/store/storetest"
	"postbag/digest/work"
)

// postgres gives the flags of a PostgreSQL database without contents; without them a test's
// installation keeps its database in a file.
func postgres(t *testing.T) []string {
	t.Helper()
	return []string{"--db", storetest.MadePostgres(t)}
}

// onBoth runs a test on each kind of database.
func onBoth(t *testing.T, run func(t *testing.T, db ...string)) {
	t.Run("SQLite", func(t *testing.T) {
		storetest.UseSQLite(t)
		t.Parallel()
		run(t)
	})
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); run(t, postgres(t)...) })
}

// TestServeLosesItsDatabase ends every connection under a serve, as a server that
// starts anew does: the worker keeps its lease, the pages stay, and the issue is
// sent to everybody once.
func TestServeLosesItsDatabase(t *testing.T) {
	t.Parallel()
	db := postgres(t)
	in := newInstallation(t, db...)
	in.readers(10)
	s := in.serve("--log-level", "info", "--lease", "3s")
	beside := storetest.Open(t, db[1], digest.SystemClock{})
	lease := func() work.Worker {
		workers, err := beside.Workers(t.Context())
		if err != nil || len(workers) != 1 {
			t.Fatalf("the workers are %v, %v", workers, err)
		}
		return workers[0]
	}
	before := lease()
	storetest.Sessions(t, db[1], true)
	eventually(t, "the worker has renewed its lease", func() bool { return lease().Until.After(before.Until) })
	if log := s.log.String(); strings.Contains(log, "the worker stops") {
		t.Errorf("the worker lost its lease:\n%s", log)
	}
	if code, _ := s.get(t, "/issues/1"); code != http.StatusOK {
		t.Errorf("the issue's page answers %d", code)
	}
	if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, "10 readers: 10 sent") {
		t.Errorf("issue send says %q", out)
	}
	if n := len(in.mails()); n != 10 {
		t.Errorf("%d mails, want 10", n)
	}
}

// TestPasswordStaysSecret looks for the password of the database in everything
// that the program says.
func TestPasswordStaysSecret(t *testing.T) {
	t.Parallel()
	dsn, err := url.Parse(postgres(t)[1])
	if err != nil {
		t.Fatal(err)
	}
	dsn.User = url.UserPassword(dsn.User.Username(), "s3cret")
	in := newInstallation(t, "--db", dsn.String())
	s := in.serve("--log-level", "debug")
	eventually(t, "the worker has done its first round", func() bool { return !strings.Contains(in.must("schedule", "list"), " now ") })
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	if log := s.log.String(); strings.Contains(log, "s3cret") || !strings.Contains(log, dsn.Host) {
		t.Errorf("the log is\n%s", log)
	}
	dsn.Path = "/postbag_test_none"
	in.flags = append(in.flags, "--db", dsn.String())
	out, err := in.run("issue", "list")
	if err == nil || strings.Contains(out+err.Error()+digest.HintOf(err), "s3cret") {
		t.Errorf("it says %q, %v", out, err)
	}
}

// TestDatabaseAwayInTheMiddleOfASend takes the database away for seconds while
// mails go out. Nothing is sent that cannot be recorded, and when the database is
// back every reader has their mail; twice only those whose claim or result was on
// its way to be recorded at that instant.
func TestDatabaseAwayInTheMiddleOfASend(t *testing.T) {
	t.Parallel()
	const connections, readers = 5, 300
	door, dsn := storetest.OpenDoor(t, postgres(t)[1])
	server := startMailServer(t, 2*time.Millisecond)
	server.slowFrom.Store(readers / 3) // not all before the database is away
	in := newInstallation(t, "--db", dsn, "--from", "editor@news.example.org", "--base-url", "https://news.example.org",
		"--concurrency", strconv.Itoa(connections))
	in.readers(readers)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none")
	in.clock = digest.NewTestClock(time.Now(), 30) // a minute of waiting passes in two seconds
	s := in.serve()
	// It is published and its moment is days away, so it is sent by hand.
	sent := make(chan error, 1)
	go func() { _, err := in.run("issue", "send", "--yes", "1"); sent <- err }()
	eventually(t, "mails go out", func() bool { return server.accepted.Load() > readers/4 })
	door.Shut()
	<-sent // it watched, and lost its database too
	quiet := server.accepted.Load()
	for before := int64(-1); before != quiet; quiet = server.accepted.Load() { // what was on the wire
		before = quiet
		time.Sleep(time.Second)
	}
	away := 2 * time.Second
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		away = time.Minute // longer than the worker's lease
	}
	time.Sleep(away)
	if n := server.accepted.Load(); n != quiet {
		t.Errorf("%d mails were sent that could not be recorded", n-quiet)
	}
	if quiet == readers {
		t.Fatal("all were sent before the database went away")
	}
	if code, _ := s.get(t, "/readyz"); code != http.StatusServiceUnavailable {
		t.Errorf("/readyz answers %d", code)
	}
	server.slowFrom.Store(0)
	door.Open(t)
	eventually(t, "the issue is sent", func() bool { return strings.Contains(in.must("issue", "list"), "sent  ") })
	recipients, doubles, mixed := server.tally()
	t.Logf("%d accepted before, %d recipients, %d doubled", quiet, recipients, doubles)
	if recipients != readers || doubles > connections || len(mixed) > 0 {
		t.Errorf("%d recipients, %d doubled, %v with another Message-ID", recipients, doubles, mixed)
	}
}
