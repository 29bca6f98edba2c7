package main

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.yaml.in/yaml/v2"

	"postbag/digest/store/storetest"
	"postbag/subscribers/mail/smtptest"
)

// scraped are the samples of a scrape, by name and labels as they stand in it.
type scraped map[string]float64

// names gives the names of the samples.
func (s scraped) names() map[string]bool {
	all := map[string]bool{}
	for sample := range s {
		name, _, _ := strings.Cut(sample, "{")
		all[name] = true
	}
	return all
}

var metricsURL = regexp.MustCompile(`url=(http://\S+/metrics)`)

// scrape asks a serve that was started with --metrics-listen 127.0.0.1:0.
func (s *served) scrape(t *testing.T) scraped {
	t.Helper()
	at := metricsURL.FindStringSubmatch(s.log.String())
	if at == nil {
		t.Fatalf("the log tells no address of metrics:\n%s", s.log)
	}
	r, err := http.Get(at[1])
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	text, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%d, %v\n%s", r.StatusCode, err, text)
	}
	if strings.Contains(string(text), "@") {
		t.Errorf("a metric tells an address:\n%s", text)
	}
	all := scraped{}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); strings.HasPrefix(line, "#") {
			continue
		}
		at := strings.LastIndexByte(line, ' ')
		value, err := strconv.ParseFloat(line[at+1:], 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all[line[:at]] = value
	}
	return all
}

// anew scrapes until the database was asked anew and something holds.
func (s *served) anew(t *testing.T, what string, holds func(scraped) bool) (all scraped) {
	t.Helper()
	eventually(t, what, func() bool { all = s.scrape(t); return holds(all) })
	return all
}

func (s scraped) want(t *testing.T, sample string, value float64) {
	t.Helper()
	if got, ok := s[sample]; !ok || got != value {
		t.Errorf("%s is %v (there: %t), want %v", sample, got, ok, value)
	}
}

// TestMetricsWhileMailing scrapes in the midst of a mailing and after it. The first
// readers are refused for good, one server answers nothing, and the rest is accepted.
func TestMetricsWhileMailing(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, db ...string) {
		const readers, refusals, before = 60, 5, 30
		var bodies, heard atomic.Int32
		release := make(chan struct{})
		in, _ := mailing(t, readers, func(step smtptest.Step) smtptest.Act {
			if step.Verb == "RCPT" && heard.Add(1) <= refusals {
				return smtptest.Act{Reply: "550 5.1.1 no such user"}
			}
			if step.Verb == "BODY" && bodies.Add(1) > before {
				<-release
			}
			return smtptest.Act{}
		}, db...)
		s := in.serve("--log-level", "info", "--metrics-listen", "127.0.0.1:0", "--backup-dir", t.TempDir())
		sent := make(chan error, 1)
		go func() { _, err := in.run("issue", "send", "--yes", "1"); sent <- err }()
		const accepted = `postbag_mails_settled_total{cause="accepted",result="accepted"}`
		const refused = `postbag_mails_settled_total{cause="address-refused",result="refused"}`
		mail := func(state string) string {
			return `postbag_issue_mails{issue="1",series="pick-of-the-week",state="` + state + `"}`
		}
		during := s.anew(t, "mails are accepted", func(m scraped) bool {
			return m[accepted] == before && m[mail("sent")] == before && m[mail("failed")] == refusals
		})
		during.want(t, refused, refusals)
		during.want(t, "postbag_issues_mailing", 1)
		during.want(t, `postbag_issue_paused{issue="1",series="pick-of-the-week"}`, 0)
		total := 0.0
		for _, state := range []string{"queued", "claimed", "sending", "sent", "deferred", "failed", "uncertain", "cancelled"} {
			total += during[mail(state)]
		}
		if total != readers {
			t.Errorf("the states add up to %v of %d readers", total, readers)
		}
		if at := during[`postbag_issue_oldest_due_seconds{issue="1",series="pick-of-the-week"}`]; at <= 0 || at > patience.Seconds() {
			t.Errorf("the oldest mail is due for %v s", at)
		}
		close(release)
		if err := <-sent; err != nil {
			t.Fatal(err)
		}
		after := s.anew(t, "the issue is sent", func(m scraped) bool { return m["postbag_last_issue_sent_timestamp_seconds"] > 0 })
		after.want(t, accepted, readers-refusals)
		after.want(t, refused, refusals)
		after.want(t, "postbag_issues_mailing", 0)
		after.want(t, "postbag_subscribers_active", readers)
		after.want(t, "postbag_workers", 1)
		after.want(t, "postbag_database_up", 1)
		after.want(t, "postbag_backup_newest_timestamp_seconds", 0)
		own := after[`postbag_receiver_mails_settled_total{domain="reader.example",result="accepted"}`]
		other := after[`postbag_receiver_mails_settled_total{domain="other",result="accepted"}`]
		if own+other != readers-refusals || own < readers-refusals-10 {
			t.Errorf("by domain: %v of its own, %v others", own, other)
		}
		for _, since := range []string{"postbag_last_pull_success_timestamp_seconds", "postbag_last_issue_published_timestamp_seconds"} {
			if age := float64(time.Now().Unix()) - after[since]; age < -1 || age > 2*patience.Seconds() {
				t.Errorf("%s was %v s ago", since, age)
			}
		}
		if size := after["postbag_database_size_bytes"]; size < 100_000 {
			t.Errorf("the database takes %v bytes", size)
		}
		if code, _ := s.get(t, "/metrics"); code != http.StatusNotFound {
			t.Errorf("the public listener answers %d", code)
		}
	})
}

// TestMetricsWhileTheDatabaseIsAway: a scrape answers with what the process knows, and
// with the rest when the database is back.
func TestMetricsWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	door, dsn := storetest.OpenDoor(t, postgres(t)[1])
	in := &installation{t: t, dir: t.TempDir()}
	in.flags = []string{"--db", dsn, "--smtp", "outbox:" + filepath.Join(in.dir, "outbox")}
	s := in.serve("--metrics-listen", "127.0.0.1:0", "--only", "web")
	s.anew(t, "the database is up", func(m scraped) bool { return m["postbag_database_up"] == 1 })
	for what, gone := range map[string]func() (back func()){
		"shut":   func() func() { door.Shut(); return func() { door.Open(t) } },
		"silent": func() func() { return door.Hold(t) },
	} {
		back := gone()
		began := time.Now()
		away := s.anew(t, "the database is "+what, func(m scraped) bool { return m["postbag_database_up"] == 0 })
		if took := time.Since(began); took > 30*time.Second { // a second for the old answer, three for the new one
			t.Errorf("a scrape without the database took %v", took)
		}
		away.want(t, `postbag_mails_settled_total{cause="accepted",result="accepted"}`, 0)
		if names := away.names(); names["postbag_workers"] || !names["process_start_time_seconds"] || !names["go_goroutines"] {
			t.Errorf("%s: what is told is %v", what, names)
		}
		back()
		s.anew(t, "the database is up again", func(m scraped) bool { return m["postbag_database_up"] == 1 })
	}
}

// TestAlertsAndDashboardNameMetrics looks for every metric of the example rules and of
// the dashboard in a real scrape, of a serve of each role.
func TestAlertsAndDashboardNameMetrics(t *testing.T) {
	t.Parallel()
	in := newInstallation(t)
	in.readers(1)
	in.must("sending", "hold", "--reason", "for the test")
	var rules struct {
		Groups []struct {
			Name  string
			Rules []struct {
				Alert, Expr, For    string
				Labels, Annotations map[string]string
			}
		}
	}
	text, err := os.ReadFile("../../docs/alerts.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.UnmarshalStrict(text, &rules); err != nil {
		t.Fatal(err)
	}
	var expressions []string
	for _, g := range rules.Groups {
		for _, r := range g.Rules {
			if r.Alert == "" || r.Expr == "" || r.Annotations["summary"] == "" {
				t.Errorf("%+v", r)
			}
			expressions = append(expressions, r.Expr)
		}
	}
	if promtool, err := exec.LookPath("promtool"); err == nil {
		if out, err := exec.CommandContext(t.Context(), promtool, "check", "rules", "../../docs/alerts.yml").CombinedOutput(); err != nil {
			t.Errorf("promtool: %v\n%s", err, out)
		}
	}
	var board struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if text, err = os.ReadFile("../../docs/grafana.json"); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &board); err != nil {
		t.Fatal(err)
	}
	for _, p := range board.Panels {
		for _, target := range p.Targets {
			expressions = append(expressions, target.Expr)
		}
	}
	if len(expressions) < 30 {
		t.Fatalf("there are %d expressions", len(expressions))
	}
	names := map[string]bool{}
	for _, role := range []string{"", "web", "worker"} {
		m := scrapeOfRole(t, in, role)
		m.want(t, "postbag_sending_held", 1)
		for name := range m.names() {
			names[name] = true
		}
	}
	// These are told of an issue that is being mailed, see TestMetricsWhileMailing.
	for _, name := range []string{"postbag_issue_mails", "postbag_issue_oldest_due_seconds", "postbag_issue_paused"} {
		names[name] = true
	}
	manual, err := os.ReadFile("../../docs/operating.md")
	if err != nil {
		t.Fatal(err)
	}
	metric := regexp.MustCompile(`\b(?:postbag|go|process)_[a-z_]+`)
	for _, e := range expressions {
		for _, name := range metric.FindAllString(e, -1) {
			if !names[name] {
				t.Errorf("%s is in no scrape: %s", name, e)
			}
		}
	}
	for name := range names {
		if strings.HasPrefix(name, "postbag_") && !strings.Contains(string(manual), "`"+name+"`") {
			t.Errorf("docs/operating.md does not say what %s is", name)
		}
	}
}

// scrapeOfRole scrapes a serve of its own; "" does all.
func scrapeOfRole(t *testing.T, in *installation, role string) scraped {
	t.Helper()
	flags := []string{"--log-level", "info", "--metrics-listen", "127.0.0.1:0", "--backup-dir", in.dir}
	if role != "" {
		flags = append(flags, "--only", role)
	}
	if role != "worker" {
		s := in.serve(flags...)
		m := s.scrape(t)
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		return m
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	s := &served{log: &lockedBuffer{}}
	p := &Program{
		Args:  slices.Concat(in.flags, []string{"serve"}, flags),
		Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: s.log, Clock: in.now(),
	}
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	eventually(t, "the worker tells where its metrics are", func() bool { return metricsURL.MatchString(s.log.String()) })
	m := s.scrape(t)
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the worker ended with %v", err)
	}
	return m
}
