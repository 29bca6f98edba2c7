package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/sampleblog"
	"postbag/digest/store/storetest"
	"postbag/subscribers/mail/smtptest"
)

// mailServer is an SMTP server on loopback that remembers what it accepted.
type mailServer struct {
	*smtptest.Server
	slowFrom atomic.Int64 // from so many messages on, unless it is 0, each takes long
	accepted atomic.Int64
}

// startMailServer listens until the test ends, and takes each message after a delay.
func startMailServer(t *testing.T, delay time.Duration) *mailServer {
	t.Helper()
	s := &mailServer{}
	s.Server = smtptest.Start(t, func(step smtptest.Step) smtptest.Act {
		if step.Verb != "BODY" {
			return smtptest.Act{}
		}
		if slow := s.slowFrom.Load(); s.accepted.Add(1) > slow && slow > 0 {
			return smtptest.Act{Delay: 200 * time.Millisecond}
		}
		return smtptest.Act{Delay: delay}
	})
	return s
}

// tally counts what the server accepted.
func (s *mailServer) tally() (recipients, doubles int, mixed []string) {
	first := map[string]string{} // Message-ID by recipient
	for _, m := range s.Taken() {
		id, again := first[m.To]
		switch {
		case !again:
			first[m.To] = m.MessageID
			continue
		case id != m.MessageID:
			mixed = append(mixed, m.To)
		}
		doubles++
	}
	return len(first), doubles, mixed
}

// installation is a database with an issue ready to be sent, and how to run
// postbag on it.
type installation struct {
	t     *testing.T
	dir   string
	flags []string
	clock digest.Clock // the machine's unless set
}

func newInstallation(t *testing.T, flags ...string) *installation {
	t.Helper()
	in := draftedInstallation(t, nil, flags...)
	in.must("issue", "approve", "1")
	in.must("issue", "publish", "--yes", "1")
	return in
}

// draftedInstallation is a database with a drafted issue of twenty picks.
func draftedInstallation(t *testing.T, clock digest.Clock, flags ...string) *installation {
	t.Helper()
	if clock == nil {
		clock = digest.SystemClock{}
	}
	blog := httptest.NewServer(sampleblog.New(clock.Now()))
	t.Cleanup(blog.Close)
	in := following(t, clock, blog.URL, flags...)
	in.must("pull")
	in.must("issue", "draft")
	in.must("issue", "pick", "--suggested")
	return in
}

// following is a database that follows a blog, of which nothing is pulled yet.
func following(t *testing.T, clock digest.Clock, blog string, flags ...string) *installation {
	t.Helper()
	in := &installation{t: t, dir: t.TempDir(), clock: clock}
	if !slices.Contains(flags, "--db") {
		flags = append([]string{"--db", storetest.Database(t)}, flags...)
	}
	db := flags[slices.Index(flags, "--db")+1]
	in.flags = append([]string{"--db", db, "--fetch-allow", hostOf(blog), "--log-level", "warn",
		"--smtp", "outbox:" + filepath.Join(in.dir, "outbox")}, flags...)
	in.must("source", "add", blog)
	return in
}

// mails reads the outbox.
func (in *installation) mails() []readMail {
	in.t.Helper()
	mails, err := readOutbox(filepath.Join(in.dir, "outbox"))
	if err != nil {
		in.t.Fatal(err)
	}
	return mails
}

// listed runs a command that lists and reads its JSON.
func listed[T any](in *installation, args ...string) (rows []T) {
	in.t.Helper()
	if err := json.Unmarshal([]byte(in.must(append(args, "--json")...)), &rows); err != nil {
		in.t.Fatal(err)
	}
	return rows
}

func (in *installation) now() digest.Clock {
	if in.clock == nil {
		return digest.SystemClock{}
	}
	return in.clock
}

// must runs a command in this process.
func (in *installation) must(args ...string) string {
	in.t.Helper()
	out, err := in.run(args...)
	if err != nil {
		in.t.Fatalf("postbag %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

func (in *installation) run(args ...string) (string, error) {
	var out lockedBuffer // a command that takes long says so beside its work
	err := in.runTo(&out, args...)
	return out.String(), err
}

// runTo runs a command that writes all it says to out.
func (in *installation) runTo(out io.Writer, args ...string) error {
	p := &Program{
		Args: append(append([]string{}, in.flags...), args...), Stdin: strings.NewReader(""), Stdout: out, Stderr: out,
		Clock: in.now(),
	}
	return p.Run(context.Background())
}

// readers imports n confirmed readers.
func (in *installation) readers(n int) {
	in.t.Helper()
	var csv strings.Builder
	csv.WriteString("email\n")
	for i := range n {
		fmt.Fprintf(&csv, "reader%04d@reader.example\n", i)
	}
	name := filepath.Join(in.dir, "readers.csv")
	if err := os.WriteFile(name, []byte(csv.String()), 0o600); err != nil {
		in.t.Fatal(err)
	}
	in.must("subscriber", "import", "--confirmed", "--consent", "for the test", name)
}

// process starts a real process of the program.
func (in *installation) process(args ...string) *exec.Cmd {
	in.t.Helper()
	return in.processTo(in.t.Output(), args...)
}

// processTo starts a real process of the program that writes to out.
func (in *installation) processTo(out io.Writer, args ...string) *exec.Cmd {
	in.t.Helper()
	self, err := os.Executable()
	if err != nil {
		in.t.Fatal(err)
	}
	cmd := exec.Command(self, append(append([]string{}, in.flags...), args...)...)
	cmd.Env = append(os.Environ(), runMain+"=1", "POSTBAG_TESTING=1")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		in.t.Fatal(err)
	}
	return cmd
}

// killed waits until the server has accepted some more messages, then kills the
// process as nothing can be caught.
func (s *mailServer) killed(t *testing.T, cmd *exec.Cmd, more int64) {
	t.Helper()
	s.takes(t, more)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed: its status says so and nothing more
}

// takes waits until the server has accepted some more messages.
func (s *mailServer) takes(t *testing.T, more int64) {
	t.Helper()
	target := s.accepted.Load() + more
	for deadline := time.Now().Add(patience); s.accepted.Load() < target; {
		if time.Now().After(deadline) {
			t.Fatalf("after %s the server has %d messages, not %d", patience, s.accepted.Load(), target)
		}
		time.Sleep(time.Millisecond)
	}
}

// TestKillInTheMiddleOfASend kills the real process in mid-send, or tells it to stop,
// again and again, and counts at the server: nobody is missing, and doubled is at most one
// message per kill and connection, with the same Message-ID.
func TestKillInTheMiddleOfASend(t *testing.T) {
	t.Parallel()
	const connections = 10
	kills, readers := 2, 300
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		kills, readers = 200, 20_000
	}
	for _, c := range []struct{ policy, database string }{
		{"resend", ""}, {"hold", ""}, {"resend", "PostgreSQL"}, {"hold", "PostgreSQL"},
	} {
		policy := c.policy
		t.Run(policy+c.database, func(t *testing.T) {
			random := digesttest.Rand(t)
			var db []string
			if c.database != "" {
				db = append(postgres(t), "--lease", "1s")
			} else {
				storetest.UseSQLite(t)
			}
			server := startMailServer(t, 2*time.Millisecond)
			in := newInstallation(t, append(db, "--from", "editor@news.example.org", "--base-url", "https://news.example.org",
				"--concurrency", fmt.Sprint(connections))...)
			in.readers(readers)
			in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none", "--ambiguous", policy,
				// A minute of waiting after a doubt passes in a second.
				"--test-clock", time.Now().UTC().Format(time.RFC3339)+",60")
			step, killed := readers/(kills+1), 0
			for i := range kills {
				in.flags[len(in.flags)-1] = time.Now().Add(time.Duration(i)*time.Hour).UTC().Format(time.RFC3339) + ",60"
				cmd := in.process("issue", "send", "--yes", "1")
				more := int64(step/2 + random.IntN(step/2+1))
				if random.IntN(3) > 0 {
					server.killed(t, cmd, more)
					killed++
					continue
				}
				server.takes(t, more)
				_ = cmd.Process.Signal(syscall.SIGTERM)
				wantStatus(t, cmd.Wait(), 128+int(syscall.SIGTERM))
			}
			in.flags[len(in.flags)-1] = time.Now().Add(time.Duration(kills)*time.Hour).UTC().Format(time.RFC3339) + ",60"
			in.flags = append(in.flags, "--lease", "1m") // a busy machine keeps it from nothing
			if err := in.process("issue", "send", "--yes", "1").Wait(); err != nil {
				t.Fatalf("the last run ended with %v", err)
			}
			recipients, doubles, mixed := server.tally()
			uncertain := strings.Count(in.must("issue", "delivered", "1", "--state", "uncertain", "--limit", fmt.Sprint(readers), "--json"), `"email"`)
			t.Logf("%s: %d readers, %d kills and %d stops: lost %d, doubled %d, uncertain %d", policy, readers, killed, kills-killed, max(readers-recipients-uncertain, 0), doubles, uncertain)
			if len(mixed) > 0 {
				t.Errorf("doubles with another Message-ID: %v", mixed)
			}
			switch policy {
			case "resend":
				if recipients != readers {
					t.Errorf("%d of %d readers got their mail", recipients, readers)
				}
				if most := killed * connections; doubles > most {
					t.Errorf("%d doubles; at most %d may be", doubles, most)
				}
			case "hold":
				if doubles != 0 {
					t.Errorf("%d doubles under hold", doubles)
				}
				if recipients+uncertain < readers {
					t.Errorf("%d delivered and %d uncertain of %d", recipients, uncertain, readers)
				}
			}
		})
	}
}
