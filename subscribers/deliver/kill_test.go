package deliver_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/store"
	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/mail"
	"postbag/subscribers/mail/smtptest"
)

const (
	killDB     = "DELIVER_TEST_DB"
	killServer = "DELIVER_TEST_SERVER"
	killIssue  = "DELIVER_TEST_ISSUE"
	killPolicy = "DELIVER_TEST_POLICY"
	killStart  = "DELIVER_TEST_START"
	killLines  = 4
)

// sendInChild is what the killed process does: one run, by a clock that begins
// where it is told.
func sendInChild() error {
	start, err := time.Parse(time.RFC3339, os.Getenv(killStart))
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(os.Getenv(killIssue), 10, 64)
	if err != nil {
		return err
	}
	clock := digest.NewTestClock(start, 1)
	db, err := store.Open(context.Background(), os.Getenv(killDB), store.Options{Clock: clock})
	if err != nil {
		return err
	}
	settings, err := mail.ParseSettings("smtp://" + os.Getenv(killServer))
	if err != nil {
		return err
	}
	sender := deliver.New(deliver.Options{
		Ledger: db, Transport: mail.NewTransport(settings, "example.net"), Clock: clock,
		Concurrency: killLines, Ambiguous: subscribers.Ambiguity(os.Getenv(killPolicy)),
	})
	_, err = sender.Run(context.Background(), deliver.Job{
		Mailing: subscribers.Mailing{IssueID: id, Begun: start, Domain: "example.net"}, From: from("bus@example.net"), Compose: composer,
	})
	return err
}

// TestKilledAgainAndAgain kills the sending process with SIGKILL at random
// moments and counts at the server.
func TestKilledAgainAndAgain(t *testing.T) {
	readers, kills := 100, 3
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		readers, kills = 400, 15
	}
	for _, policy := range []subscribers.Ambiguity{subscribers.Resend, subscribers.HoldUncertain} {
		t.Run(string(policy), func(t *testing.T) { killAgainAndAgain(t, policy, readers, kills) })
	}
}

func killAgainAndAgain(t *testing.T, policy subscribers.Ambiguity, readers, kills int) {
	random := digesttest.Rand(t)
	clock := newClock()
	path := storetest.Database(t)
	db, id := publishedIssue(t, path, readers, clock)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
		return smtptest.Act{Delay: time.Duration(st.Nth%3) * time.Millisecond}
	})
	start := func() *exec.Cmd {
		clock.Advance(2 * time.Minute)
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
		cmd.Env = append(os.Environ(), killDB+"="+path, killServer+"="+server.Addr, killPolicy+"="+string(policy),
			killIssue+"="+strconv.FormatInt(id, 10), killStart+"="+clock.Now().Format(time.RFC3339))
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	killed := 0
	for range kills {
		before := len(server.Taken())
		cmd := start()
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		// Not before it sends, which on a busy machine takes a while, unless it has
		// nothing to send and ends.
		for len(server.Taken()) == before && len(ended) == 0 {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(time.Duration(random.IntN(60)) * time.Millisecond)
		cmd.Process.Kill()
		if <-ended != nil {
			killed++
		}
	}
	for range 3 {
		if err := start().Wait(); err != nil {
			t.Fatal(err)
		}
	}
	db, err := store.Open(t.Context(), path, store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	counts, err := db.Counts(t.Context(), id)
	if err != nil || counts.Open() != 0 || counts.Total() != readers {
		t.Fatalf("%v, %v", counts, err)
	}
	doubles, lost := 0, 0
	copies := server.Copies()
	for i := range readers {
		switch n := copies[fmt.Sprintf("reader%d@example.org", i+1)]; {
		case n == 0:
			lost++
		case n > 1:
			doubles += n - 1
		}
	}
	t.Logf("%d kills, %d readers: %d without a copy, %d copies too many, %v", killed, readers, lost, doubles, counts)
	oneIDPerReader(t, server.Taken())
	if policy == subscribers.HoldUncertain {
		if doubles > 0 || lost > counts[subscribers.Uncertain] {
			t.Errorf("%d doubled, %d lost with %d uncertain", doubles, lost, counts[subscribers.Uncertain])
		}
		return
	}
	if lost > 0 || doubles > killed*killLines {
		t.Errorf("%d lost, %d doubled by %d kills over %d connections", lost, doubles, killed, killLines)
	}
}
