package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postbag/digest/digesttest"
	"postbag/digest/store/storetest"
	"postbag/subscribers/mail/smtptest"
)

const (
	faultSpeed       = 3600 // a second is an hour
	faultConnections = 4
)

// ordeal is a mailing that real workers deliver while everything befalls them.
type ordeal struct {
	*installation
	t       *testing.T
	random  *rand.Rand
	server  *mailServer
	away    atomic.Bool  // the server hangs up on whoever comes
	cutting atomic.Int64 // it hangs up instead of answering so many messages

	workers  []*worn
	several  bool
	at       time.Time // by the workers' clock
	since    time.Time
	befell   map[string]int
	readers  int
	doubtful int // how many messages may have been taken twice
}

func newOrdeal(t *testing.T, policy string, several bool, readers int) *ordeal {
	t.Helper()
	o := &ordeal{t: t, random: digesttest.Rand(t), several: several, readers: readers, befell: map[string]int{}, server: &mailServer{}}
	o.server.Server = smtptest.Start(t, o.answers)
	var db []string
	if several {
		db = append(postgres(t), "--lease", "2s")
	} else {
		storetest.UseSQLite(t)
	}
	o.installation = newInstallation(t, append(db, "--from", "editor@news.example.org", "--base-url", "https://news.example.org",
		"--concurrency", fmt.Sprint(faultConnections), "--ambiguous", policy)...)
	o.installation.readers(readers)
	o.flags = append(o.flags, "--smtp", "smtp://"+o.server.Addr+"?tls=none", "--test-clock", "")
	o.at, o.since = time.Now(), time.Now()
	o.workers = []*worn{{}}
	if several {
		o.workers = append(o.workers, &worn{}, &worn{})
	}
	for _, w := range o.workers {
		o.starts(w)
	}
	t.Cleanup(func() {
		for _, w := range o.workers {
			o.kills(w)
		}
	})
	return o
}

// answers is what the server does.
func (o *ordeal) answers(step smtptest.Step) smtptest.Act {
	switch step.Verb {
	case "CONNECT", "MAIL":
		return smtptest.Act{Cut: o.away.Load()}
	case "BODY":
		if o.cutting.Add(-1) >= 0 {
			return smtptest.Act{Take: o.server.accepted.Add(1)%2 == 0, Cut: true}
		}
		o.server.accepted.Add(1)
		return smtptest.Act{Delay: 2 * time.Millisecond}
	}
	return smtptest.Act{}
}

// now is what the workers' clock shows.
func (o *ordeal) now() time.Time { return o.at.Add(time.Since(o.since) * faultSpeed) }

func (o *ordeal) starts(w *worn) {
	o.t.Helper()
	flags := o.flags
	o.flags = append(flags[:len(flags)-1:len(flags)-1], fmt.Sprintf("%s,%d", o.now().UTC().Format(time.RFC3339Nano), faultSpeed))
	w.cmd, w.since = o.processTo(&w.log, "serve", "--only", "worker"), time.Now()
	o.flags = flags
}

func (o *ordeal) kills(w *worn) {
	if w.cmd != nil {
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait() // it was killed: its status says so and nothing more
		w.cmd = nil
	}
}

// moves kills everybody and starts them by another clock, as a machine does whose clock
// was wrong.
func (o *ordeal) moves(by time.Duration) {
	o.t.Helper()
	for _, w := range o.workers {
		o.kills(w)
		o.doubtful += faultConnections
	}
	o.at, o.since = o.now().Add(by), time.Now()
	for _, w := range o.workers {
		o.starts(w)
	}
}

// befalls does one thing to the workers or the server.
func (o *ordeal) befalls() {
	o.t.Helper()
	w := o.workers[o.random.IntN(len(o.workers))]
	what := []string{"killed", "told to stop", "cut after DATA", "server away", "clock back", "clock ahead", "suspended"}[o.random.IntN(7)]
	switch what {
	case "killed":
		o.kills(w)
		o.doubtful += faultConnections
		o.starts(w)
	case "told to stop":
		_ = w.cmd.Process.Signal(syscall.SIGTERM)
		if err := w.cmd.Wait(); err != nil && (err.Error() != "signal: terminated" || time.Since(w.since) > 10*time.Second) {
			// One that had just been started may not have come to hear of signals.
			o.t.Errorf("a worker that was told to stop ended with %v\n%s", err, &w.log)
		}
		o.starts(w)
	case "cut after DATA":
		n := 1 + o.random.IntN(3)
		o.cutting.Store(int64(n))
		o.doubtful += n
	case "server away":
		o.away.Store(true)
		time.Sleep(time.Minute / faultSpeed * 10) // that is what befalls them
		o.away.Store(false)
	case "clock back":
		o.moves(-2 * time.Hour)
	case "clock ahead":
		o.moves(72 * time.Hour)
	case "suspended":
		if !o.several {
			return
		}
		_ = w.cmd.Process.Signal(syscall.SIGSTOP)
		time.Sleep(2500 * time.Millisecond) // longer than its lease
		_ = w.cmd.Process.Signal(syscall.SIGCONT)
		o.doubtful += faultConnections
	}
	o.befell[what]++
}

// TestDeliveryIsExact lets a script of faults at random befall real workers while they
// mail an issue: kills, stops, lost connections, a server that is away, clocks that are
// wrong, and on PostgreSQL workers that rest for longer than their lease. Nobody is lost;
// what is doubled had reason to, with the same Message-ID; and with "hold" nothing is.
func TestDeliveryIsExact(t *testing.T) {
	t.Parallel()
	faults, readers := 3, 200
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		faults, readers = 200, 20_000
	}
	for _, policy := range []string{"resend", "hold"} {
		for _, several := range []bool{false, true} {
			name := policy + " SQLite"
			if several {
				name = policy + " PostgreSQL"
			}
			t.Run(name, func(t *testing.T) {
				o := newOrdeal(t, policy, several, readers)
				eventually(t, "they are at work", func() bool { return strings.Contains(o.status(), fmt.Sprintf("workers at it %d", len(o.workers))) })
				asks := o.processTo(&lockedBuffer{}, "--test-clock", time.Now().UTC().Format(time.RFC3339), "issue", "send", "--yes", "1")
				o.server.takes(t, 1)
				_ = asks.Process.Kill() // it only watches
				_ = asks.Wait()
				step := readers / (faults + 2)
				for range faults {
					if !o.more(int64(1 + o.random.IntN(step))) {
						break
					}
					o.befalls()
				}
				o.ends(policy)
			})
		}
	}
}

// more waits until the server has accepted some more messages; false means that the
// issue is sent.
func (o *ordeal) more(n int64) (isSending bool) {
	o.t.Helper()
	target, look := o.server.accepted.Load()+n, time.Now()
	eventually(o.t, fmt.Sprintf("the server has %d messages, or all", target), func() bool {
		isSending = o.server.accepted.Load() >= target
		if isSending || time.Since(look) < time.Second {
			return isSending
		}
		look = time.Now()
		return o.isSent()
	})
	return isSending
}

func (o *ordeal) isSent() bool {
	o.t.Helper()
	return strings.Contains(o.must("issue", "list"), "sent  ")
}

// ends waits until the issue is sent, and counts.
func (o *ordeal) ends(policy string) {
	o.t.Helper()
	eventually(o.t, "the issue is sent", o.isSent)
	_, doubles, mixed := o.server.tally()
	lost, uncertain := o.lost()
	o.t.Logf("%s: %d readers, lost %d, doubled %d (at most %d), uncertain %d; befallen by %v", policy, o.readers, len(lost), doubles, o.doubtful, uncertain, o.befell)
	if len(lost) > 0 {
		o.t.Errorf("lost are %v", lost)
	}
	if len(mixed) > 0 {
		o.t.Errorf("doubles with another Message-ID: %v", mixed)
	}
	if policy == "hold" && doubles > 0 || doubles > o.doubtful {
		o.t.Errorf("%d doubles where at most %d may be, under %s", doubles, o.doubtful, policy)
	}
}

// lost gives the readers who got nothing although their row does not say that this may
// be, and how many rows are in doubt.
func (in *ordeal) lost() (lost []string, uncertain int) {
	in.t.Helper()
	copies, rows := in.server.Copies(), 0
	for _, r := range listed[struct{ Email, State, Cause string }](in.installation, "issue", "delivered", "1", "--limit", "100000") {
		rows++
		switch {
		case r.State == "uncertain":
			uncertain++
		case r.State != "sent" || copies[r.Email] == 0:
			lost = append(lost, fmt.Sprintf("%s (%s, %s, %d copies)", r.Email, r.State, r.Cause, copies[r.Email]))
		}
	}
	if rows != in.readers {
		in.t.Errorf("there are %d rows for %d readers", rows, in.readers)
	}
	return lost, uncertain
}

// TestSendOnAFullDisk fills the disk under a worker that mails: it sends nothing that it
// cannot record, and goes on when there is room, without doubling anybody.
func TestSendOnAFullDisk(t *testing.T) {
	t.Parallel()
	storetest.UseSQLite(t)
	smallDisk.Check(t)
	dir := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	t.Cleanup(func() { exec.Command("umount", "-l", dir).Run() })
	const readers = 1500
	server := startMailServer(t, 2*time.Millisecond)
	in := newInstallation(t, "--db", filepath.Join(dir, "postbag.db"), "--from", "editor@news.example.org", "--base-url", "https://news.example.org", "--concurrency", "4")
	in.readers(readers)
	in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none", "--test-clock", time.Now().UTC().Format(time.RFC3339)+",60")
	w := &worn{}
	w.cmd = in.processTo(&w.log, "serve", "--only", "worker")
	t.Cleanup(func() { _ = w.cmd.Process.Kill(); _ = w.cmd.Wait() })
	in.flags = in.flags[:len(in.flags)-2]
	eventually(t, "it works", func() bool { return strings.Contains(in.status(), "workers at it 1") })
	asks := in.processTo(&lockedBuffer{}, "issue", "send", "--yes", "1")
	t.Cleanup(func() { _ = asks.Process.Kill(); _ = asks.Wait() })
	server.takes(t, 100)
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; _, err = f.Write(make([]byte, size)) {
		}
	}
	f.Close()
	eventually(t, "it says that the disk is full", func() bool { return strings.Contains(w.log.String(), "full") })
	before := server.accepted.Load()
	if before == readers {
		t.Error("all was sent before the disk was full")
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the issue is sent", func() bool { return strings.Contains(in.must("issue", "list"), "sent  ") })
	recipients, doubles, _ := server.tally()
	t.Logf("%d taken when the disk was full; %d recipients, %d doubled", before, recipients, doubles)
	if recipients != readers || doubles > 0 {
		t.Errorf("%d recipients, %d doubled", recipients, doubles)
	}
}
