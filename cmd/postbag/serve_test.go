package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/sampleblog"
	"postbag/digest/store"
	"postbag/digest/work"
)

// served is a program that serves, started whole.
type served struct {
	base string
	stop func() error
	log  *lockedBuffer
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// serve starts serve on port 0 and waits until it listens.
func (in *installation) serve(flags ...string) *served {
	in.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	listening, done := make(chan net.Addr, 1), make(chan error, 1)
	log := &lockedBuffer{}
	p := &Program{
		Args:  append(append(append([]string{}, in.flags...), "--listen", "127.0.0.1:0", "serve"), flags...),
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: log, Clock: in.now(),
		Listening: func(a net.Addr) { listening <- a },
	}
	go func() { done <- p.Run(ctx) }()
	s := &served{log: log, stop: sync.OnceValue(func() error { cancel(); return <-done })}
	in.t.Cleanup(func() {
		if err := s.stop(); err != nil {
			in.t.Errorf("serve ended with %v", err)
		}
	})
	select {
	case a := <-listening:
		s.base = "http://" + a.String()
	case err := <-done:
		done <- nil
		in.t.Fatalf("serve ended with %v\n%s", err, log)
	case <-time.After(patience):
		in.t.Fatalf("serve did not listen within %s", patience)
	}
	return s
}

func (s *served) get(t *testing.T, path string) (int, string) {
	t.Helper()
	r, err := http.Get(s.base + path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// patience bounds every wait for what comes within seconds, unless the machine is
// very busy.
const patience = 2 * time.Minute

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		began := time.Now()
		if holds() {
			return
		}
		if began.After(deadline) {
			t.Fatalf("after %s it is not so that %s", patience, what)
		}
		// To ask, as often by a command, takes no more time than what is asked for.
		time.Sleep(max(20*time.Millisecond, 2*time.Since(began)))
	}
}

// sunday is a minute before the moment of a series in UTC.
var sunday = time.Date(2026, 3, 1, 17, 59, 0, 0, time.UTC)

// TestServeSendsAtTheMoment starts the whole program a minute before an approved
// issue's moment, on a clock that runs fast.
func TestServeSendsAtTheMoment(t *testing.T) {
	t.Parallel()
	onBoth(t, serveSendsAtTheMoment)
}

func serveSendsAtTheMoment(t *testing.T, db ...string) {
	in := draftedInstallation(t, digest.NewTestClock(sunday.Add(-time.Hour), 1), db...)
	in.must("series", "set", "--zone", "UTC")
	in.must("subscriber", "add", "ada@reader.example", "--confirmed", "--consent", "for the test")
	in.must("subscriber", "add", "bo@reader.example")
	in.must("issue", "approve", "1")
	early := in.serve()
	if code, _ := early.get(t, "/issues/1"); code != http.StatusNotFound {
		t.Errorf("before its moment the issue's page answers %d", code)
	}
	if err := early.stop(); err != nil {
		t.Fatal(err)
	}
	in.clock = digest.NewTestClock(sunday, 200)
	s := in.serve("--log-level", "info")
	eventually(t, "the issue is sent", func() bool { return strings.Contains(in.must("issue", "list"), "sent  ") })
	mails := in.mails()
	to := map[string]string{}
	for _, m := range mails {
		to[m.to] += m.subject + ";"
	}
	if to["ada@reader.example"] != "Pick of the Week 1;" || !strings.HasPrefix(to["bo@reader.example"], "Please confirm") || strings.Contains(to["bo@reader.example"], "Week 1;") {
		t.Errorf("the mails are %v; only who confirmed gets the issue", to)
	}
	if code, body := s.get(t, "/issues/1"); code != http.StatusOK || !strings.Contains(body, "Pick of the Week 1") {
		t.Errorf("after its moment the issue's page answers %d", code)
	}
	for _, path := range []string{"/healthz", "/readyz", "/", "/issues/", "/feed.atom"} {
		if code, _ := s.get(t, path); code != http.StatusOK {
			t.Errorf("%s answers %d", path, code)
		}
	}
	for _, line := range []string{"NO MAIL LEAVES THIS MACHINE", "/issues/1"} {
		if !strings.Contains(s.log.String(), line) {
			t.Errorf("the log does not say %q", line)
		}
	}
	began := time.Now()
	if err := s.stop(); err != nil || time.Since(began) > 30*time.Second {
		t.Errorf("serve stopped with %v after %v", err, time.Since(began))
	}
}

// TestServeHoldsWhatNobodyApproved passes a moment without approval: nothing
// goes out, the picks stay, and the draft takes the next moment.
func TestServeHoldsWhatNobodyApproved(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, digest.NewTestClock(sunday.Add(-time.Hour), 1))
	in.must("series", "set", "--zone", "UTC")
	in.must("subscriber", "add", "ada@reader.example", "--confirmed", "--consent", "for the test")
	in.clock = digest.NewTestClock(sunday, 200)
	in.serve()
	eventually(t, "the draft is due a week later", func() bool {
		return strings.Contains(in.must("issue", "list"), "2026-03-08 18:00")
	})
	if list := in.must("issue", "show", "--json"); strings.Count(list, `"comment_id"`) != 20 {
		t.Error("the picks of the held draft are not all there")
	}
	if n := len(in.mails()); n != 0 {
		t.Errorf("%d mails went out unseen", n)
	}
}

// TestServeAsksWhenADayLate starts the program two days after an approved
// issue's moment: it is not sent by itself.
func TestServeAsksWhenADayLate(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, digest.NewTestClock(sunday.Add(-time.Hour), 1))
	in.must("series", "set", "--zone", "UTC")
	in.must("subscriber", "add", "ada@reader.example", "--confirmed", "--consent", "for the test")
	in.must("issue", "approve", "1")
	in.clock = digest.NewTestClock(sunday.Add(48*time.Hour), 20)
	s := in.serve()
	eventually(t, "the log says that an issue is late", func() bool { return strings.Contains(s.log.String(), "too late and waits for you") })
	if list := in.must("issue", "list"); !strings.Contains(list, "approved") {
		t.Errorf("the late issue did not wait:\n%s", list)
	}
	if status := in.status(); !strings.Contains(status, "TOO LATE TO GO BY ITSELF issue 1") {
		t.Errorf("the status is silent:\n%s", status)
	}
	if list := in.must("schedule", "list"); !strings.Contains(list, "asks: Pick of the Week 1 is late") {
		t.Errorf("the schedule does not ask:\n%s", list)
	}
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	// What is asked stays asked when the worker looks at the series again.
	in.flags = append(in.flags, "--late-after", "72h")
	in.must("series", "set", "--schedule", "* * * * *")
	in.must("issue", "pick", "1")
	in.must("issue", "approve", "2")
	in.clock = digest.NewTestClock(sunday.Add(48*time.Hour+2*time.Minute), 20)
	in.serve()
	eventually(t, "the next issue is published", func() bool { return strings.Contains(in.must("issue", "list"), "/issues/2") })
	if list := in.must("issue", "list"); !strings.Contains(list, "1       approved") {
		t.Errorf("the late issue did not wait for the editor:\n%s", list)
	}
	if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, "1 reader: 1 sent") {
		t.Errorf("sending the late issue by hand says %q", out)
	}
}

// TestOverdueWithoutAWorkerIsTold lets the moment of an approved issue pass while only
// the pages run: health and status say so, and health no more ends with a failure for
// that than the pages deserve.
func TestOverdueWithoutAWorkerIsTold(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, digest.NewTestClock(sunday.Add(-time.Hour), 1))
	in.must("series", "set", "--zone", "UTC")
	if out := in.must("issue", "approve", "1"); !strings.Contains(out, "no worker runs on this database") {
		t.Errorf("approving says %q", out)
	}
	in.clock = digest.NewTestClock(sunday.Add(time.Hour), 1)
	const overdue = "no worker runs on the database: issue 1 should have gone out at 2026-03-01 18:00 UTC"
	if out, err := in.run("health", "--listen", digesttest.Nobody(t)); err == nil || !strings.Contains(out, overdue) {
		t.Errorf("with nothing at all health says %v, %q", err, out)
	}
	s := in.serve("--only", "web")
	address := strings.TrimPrefix(s.base, "http://")
	if out, err := in.run("health", "--listen", address); err != nil || !strings.Contains(out, "well at") || !strings.Contains(out, overdue) {
		t.Errorf("health says %v, %q", err, out)
	}
	if out := in.status(); !strings.Contains(out, "NO WORKER RUNS") || !strings.Contains(out, "OVERDUE issue 1 should have gone out") {
		t.Errorf("the status is\n%s", out)
	}
	in.must("sending", "hold")
	if out, err := in.run("health", "--listen", address); err != nil || strings.Contains(out, "should have gone out") {
		t.Errorf("while sending is held health says %v, %q", err, out)
	}
}

// TestSecondServe refuses a second worker on the same database and a second
// server on the same port, with one line each.
func TestSecondServe(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, nil, "--db", filepath.Join(t.TempDir(), "postbag.db")) // on PostgreSQL they would share
	s := in.serve()
	_, err := in.run("serve", "--listen", "127.0.0.1:0")
	if digest.KindOf(err) != digest.Conflict || len(hintLines(err)) == 0 {
		t.Errorf("a second serve on the database gives %v", err)
	}
	other := draftedInstallation(t, nil)
	_, err = other.run("serve", "--listen", strings.TrimPrefix(s.base, "http://"))
	if digest.KindOf(err) != digest.Unavailable || len(hintLines(err)) == 0 {
		t.Errorf("a second serve on the port gives %v", err)
	}
	address := strings.TrimPrefix(s.base, "http://")
	if out, err := in.run("health", "--listen", address); err != nil || !strings.Contains(out, "well at "+address) {
		t.Errorf("of the first one it is said afterwards: %v, %s", err, out)
	}
}

// TestSendBesideAWorker queues an issue for the serve that runs and watches it.
func TestSendBesideAWorker(t *testing.T) {
	t.Parallel()
	onBoth(t, sendBesideAWorker)
}

func sendBesideAWorker(t *testing.T, db ...string) {
	in := newInstallation(t, db...)
	in.readers(25)
	in.serve()
	// What was delivered by the worker is not said to be in this command's outbox.
	if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, "25 readers: 25 sent") || strings.Contains(out, "No mail left") {
		t.Errorf("issue send beside a worker says %q", out)
	}
}

// TestNoMailServer keeps an issue queued when nobody answers, and sends it when
// the server is there.
func TestNoMailServer(t *testing.T) {
	t.Parallel()
	in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")
	in.readers(30)
	nobody := digesttest.Nobody(t)
	flags := in.flags
	in.flags = append(append([]string{}, flags...), "--smtp", "smtp://"+nobody+"?tls=none")
	for range 2 {
		out, err := in.run("issue", "send", "--yes", "1")
		if digest.KindOf(err) != digest.Unavailable || len(hintLines(err)) == 0 {
			t.Errorf("sending to nobody gives %v\n%s", err, out)
		}
	}
	if _, err := in.run("issue", "test", "editor@news.example.org", "--number", "1"); digest.KindOf(err) != digest.Unavailable {
		t.Errorf("a test to nobody gives %v", err)
	}
	if list := in.must("issue", "delivered", "1", "--json"); strings.Count(list, `"queued"`) != 30 {
		t.Errorf("not all rows stayed queued:\n%s", list)
	}
	server := startMailServer(t, 0)
	in.flags = append(append([]string{}, flags...), "--smtp", "smtp://"+server.Addr+"?tls=none")
	in.must("issue", "send", "--yes", "1")
	if recipients, doubles, _ := server.tally(); recipients != 30 || doubles != 0 {
		t.Errorf("%d recipients and %d doubles, want 30 and none", recipients, doubles)
	}
}

// TestRemovedAfterApproval takes a picked comment off the blog after the
// approval: the issue is held, the editor is told, and nothing goes out.
func TestRemovedAfterApproval(t *testing.T) {
	t.Parallel()
	now := digest.NewTestClock(sunday.Add(-time.Hour), 1)
	blog := sampleblog.New(now.Now())
	server := httptest.NewServer(blog)
	t.Cleanup(server.Close)
	in := approvedThenRemoved(t, now, blog, server.URL)
	in.must("pull", "--force")
	if out := in.must("issue", "show", "1"); !strings.Contains(out, "! removed from the blog since") {
		t.Errorf("issue show does not flag the removed pick:\n%s", out)
	}
	for _, command := range []string{"publish", "send"} {
		if _, err := in.run("issue", command, "--yes", "1"); digest.KindOf(err) != digest.Conflict || !strings.Contains(strings.Join(hintLines(err), "\n"), "reopen 1") {
			t.Errorf("issue %s gives %v", command, err)
		}
	}
	in.clock = digest.NewTestClock(sunday, 200)
	s := in.serve()
	eventually(t, "the log says that the issue is held", func() bool { return strings.Contains(s.log.String(), "an issue is held") })
	if n := len(in.mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
	in.must("issue", "reopen", "1")
	in.must("issue", "edit", "1", "--row", "1", "--remove")
	in.must("issue", "approve", "1", "--now")
	eventually(t, "the mended issue is sent", func() bool { return strings.Contains(in.must("issue", "list"), "sent  ") })
}

// TestSendSaysThatTheWorkerIsGone starts issue send beside a worker that does not
// deliver and then goes away: the command says so and sends nothing by itself,
// since its settings may be others; asked again, it delivers.
func TestSendSaysThatTheWorkerIsGone(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	in.readers(5)
	db, err := store.Open(t.Context(), in.flags[1], store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	member, err := db.Join(t.Context(), work.Joining{Name: "another"})
	if err != nil {
		t.Fatal(err)
	}
	defer member.Leave()
	log := &lockedBuffer{}
	sent := make(chan error, 1)
	go func() { sent <- in.runTo(log, "--log-level", "debug", "issue", "send", "--yes", "1") }()
	eventually(t, "the command watches the worker", func() bool { return strings.Contains(log.String(), "a worker is there, and sends") })
	member.Leave()
	if err := <-sent; digest.KindOf(err) != digest.Unavailable || !strings.Contains(err.Error(), "gone") {
		t.Errorf("issue send gives %v", err)
	}
	if n := len(in.mails()); n != 0 {
		t.Errorf("%d mails went out", n)
	}
	if out := in.must("issue", "send", "--yes", "1"); !strings.Contains(out, "5 readers: 5 sent") {
		t.Errorf("issue send, again, says %q", out)
	}
}

// TestSendKeepsToItsSender refuses to go on with an issue whose mails began to go
// out from another domain.
func TestSendKeepsToItsSender(t *testing.T) {
	t.Parallel()
	in := newInstallation(t, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")
	in.readers(5)
	nobody := digesttest.Nobody(t)
	flags := in.flags
	in.flags = append(append([]string{}, flags...), "--smtp", "smtp://"+nobody+"?tls=none")
	if _, err := in.run("issue", "send", "--yes", "1"); digest.KindOf(err) != digest.Unavailable {
		t.Fatalf("sending to nobody gives %v", err)
	}
	in.flags = append(append([]string{}, flags...), "--from", "editor@other.example.org")
	if _, err := in.run("issue", "send", "--yes", "1"); digest.KindOf(err) != digest.Conflict || !strings.Contains(err.Error(), "@news.example.org") {
		t.Errorf("going on from another domain gives %v", err)
	}
	if list := in.must("issue", "delivered", "1", "--json"); strings.Count(list, `"queued"`) != 5 {
		t.Errorf("not all rows stayed queued:\n%s", list)
	}
}

// TestSendAsksWhichIssue does not guess between an issue that is paused and the
// next one that is approved.
func TestSendAsksWhichIssue(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	in.readers(2)
	in.must("issue", "pick", "1")
	in.must("issue", "approve")
	if _, err := in.run("issue", "send", "--yes"); digest.KindOf(err) != digest.Invalid || !strings.Contains(err.Error(), "2 is approved, 1 is published") {
		t.Errorf("issue send gives %v", err)
	}
	in.must("issue", "send", "--yes", "1")
	if list := in.must("issue", "list"); !strings.Contains(list, "approved") {
		t.Errorf("issue 2 did not wait:\n%s", list)
	}
}

// TestSendBesideAWorkerKeepsItsSettings runs issue send without the settings of
// the serve that delivers: the mails are serve's, Message-ID included.
func TestSendBesideAWorkerKeepsItsSettings(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	in.readers(3)
	server := startMailServer(t, 0)
	in.serve("--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--smtp", "smtp://"+server.Addr+"?tls=none")
	in.must("issue", "send", "--yes", "1")
	mails := server.Taken()
	if len(mails) != 3 {
		t.Errorf("the server has %d mails, want 3", len(mails))
	}
	for _, m := range mails {
		if !strings.HasSuffix(m.MessageID, "@news.example.org>") {
			t.Errorf("the Message-ID of %s is %s", m.To, m.MessageID)
		}
	}
}

// TestTooLargeAnIssue refuses to approve what mail programs would cut off.
func TestTooLargeAnIssue(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, nil)
	all := listed[commentRow](in, "comment", "list", "--state", "new", "--limit", "1000")
	args := []string{"issue", "pick"}
	for _, c := range all {
		args = append(args, fmt.Sprint(c.ID))
	}
	in.must(args...)
	_, err := in.run("issue", "approve")
	if digest.KindOf(err) != digest.Conflict || !strings.Contains(err.Error(), "KB") {
		t.Errorf("approving %d picks gives %v", len(all)+20, err)
	}
	if list := in.must("issue", "list"); !strings.Contains(list, "draft") {
		t.Error("the issue is no draft any more")
	}
}

// TestCommandsFindTheirIssue runs the commands of an approved issue without a
// number while the next draft is open already.
func TestCommandsFindTheirIssue(t *testing.T) {
	t.Parallel()
	in := draftedInstallation(t, nil)
	in.readers(2)
	in.must("issue", "approve")
	in.must("issue", "reopen")
	in.must("issue", "approve")
	in.must("issue", "publish", "--yes")
	if out := in.must("issue", "send", "--yes"); !strings.Contains(out, "Pick of the Week 1 to 2 readers: 2 sent") {
		t.Errorf("issue send says %q", out)
	}
	if out := in.must("issue", "send", "--yes"); !strings.Contains(out, "was sent already") {
		t.Errorf("sending again says %q", out)
	}
	if out := in.must("issue", "delivered"); !strings.Contains(out, "2 sent") {
		t.Errorf("issue delivered says %q", out)
	}
	for _, command := range []string{"pause", "resume", "publish", "reopen"} {
		if _, err := in.run("issue", command); digest.KindOf(err) != digest.NotFound || len(hintLines(err)) == 0 {
			t.Errorf("issue %s with nothing to do gives %v", command, err)
		}
	}
}
