package main

import (
	"fmt"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/digest/store/storetest"
	"postbag/subscribers"
	"postbag/subscribers/mail/smtptest"
)

// TestRetriesThroughKills has a mail server that refuses two readers with a 450: one for
// thirty hours, one for ever. Workers come and are killed meanwhile, one of them while the
// server thinks about a reader. The first gets the issue once, the second is given up
// after 48 hours, and not before.
func TestRetriesThroughKills(t *testing.T) {
	t.Parallel()
	for _, database := range []string{"SQLite", "PostgreSQL"} {
		t.Run(database, func(t *testing.T) {
			db := []string{}
			if database == "PostgreSQL" {
				db = append(postgres(t), "--lease", "1s")
			} else {
				storetest.UseSQLite(t)
			}
			var hour, refused atomic.Int64 // of the test's clock; how often a reader was refused
			var slow atomic.Bool
			server := smtptest.Start(t, func(st smtptest.Step) smtptest.Act {
				waits := strings.HasPrefix(st.Arg, "waits@") && hour.Load() < 30
				if st.Verb != "RCPT" || !waits && !strings.HasPrefix(st.Arg, "never@") {
					return smtptest.Act{}
				}
				refused.Add(1)
				a := smtptest.Act{Reply: "450 4.2.0 not now"}
				if slow.Load() {
					a.Delay = 5 * time.Second
				}
				return a
			})
			in := newInstallation(t, append(db, "--from", "editor@news.example.org", "--base-url", "https://news.example.org")...)
			for _, reader := range []string{"takes", "waits", "never"} {
				in.must("subscriber", "add", "--confirmed", "--consent", "for the test", reader+"@reader.example")
			}
			in.flags = append(in.flags, "--smtp", "smtp://"+server.Addr+"?tls=none", "--test-clock", "")
			began := time.Now().UTC()
			at := func(h int64) {
				hour.Store(h)
				in.flags[len(in.flags)-1] = began.Add(time.Duration(h)*time.Hour).Format(time.RFC3339) + ",60"
			}
			stands := func() string {
				t.Helper()
				var all []string
				for _, row := range listed[struct {
					Email string                    `json:"email"`
					State subscribers.DeliveryState `json:"state"`
					Cause subscribers.Cause         `json:"cause"`
				}](in, "issue", "delivered", "1") {
					name, _, _ := strings.Cut(row.Email, "@")
					all = append(all, fmt.Sprintf("%s %s %s", name, row.State, row.Cause))
				}
				return strings.Join(all, ", ")
			}
			kill := func(cmd *exec.Cmd) {
				_ = cmd.Process.Kill()
				_ = cmd.Wait() // it was killed: its status says so and nothing more
			}
			at(0)
			if err := in.process("issue", "send", "--yes", "1").Wait(); err != nil {
				t.Fatal(err)
			}
			const both = "takes sent accepted, waits deferred try-later, never deferred try-later"
			if got := stands(); got != both {
				t.Fatalf("after the first try: %s", got)
			}
			for _, c := range []struct {
				hour  int64
				tries int64 // of refused readers, at least
				slow  bool  // the worker dies before the answer
				then  string
			}{
				{6, 2, false, both},
				{12, 2, false, both},
				{21, 1, true, ""},
				{22, 2, false, both},
				{45, 1, false, "takes sent accepted, waits sent accepted, never deferred try-later"},
				{49, 1, false, "takes sent accepted, waits sent accepted, never failed expired"},
			} {
				at(c.hour)
				before := refused.Load()
				slow.Store(c.slow)
				worker := in.processTo(&lockedBuffer{}, "--lease", "1s", "serve", "--only", "worker")
				t.Cleanup(func() { kill(worker) })
				eventually(t, fmt.Sprintf("the worker of hour %d tries", c.hour), func() bool { return refused.Load() >= before+c.tries })
				if c.then != "" {
					eventually(t, fmt.Sprintf("in hour %d it stands at %s", c.hour, c.then), func() bool { return stands() == c.then })
				}
				kill(worker)
			}
			copies := map[string]int{}
			for _, m := range server.Taken() {
				copies[m.To]++
			}
			if len(copies) != 2 || copies["takes@reader.example"] != 1 || copies["waits@reader.example"] != 1 {
				t.Errorf("copies: %v", copies)
			}
		})
	}
}
