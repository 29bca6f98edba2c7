package main

import (
	"fmt"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/sampleblog"
	"postbag/digest/store/storetest"
)

// watchers are triggers that note, in the database itself and at the moment of
// each commit, what the workers write: under which lease, and whether that lease
// is the duty's present one. Transactions of the test's own are left out.
const watchers = `
	CREATE TABLE seen_writes (relation TEXT, lease TEXT, held BOOLEAN);
	CREATE TABLE seen_moves (issue_id BIGINT, state TEXT);
	CREATE TABLE seen_runs (name TEXT, due_at BIGINT, fence BIGINT);
	CREATE FUNCTION see_write() RETURNS TRIGGER LANGUAGE plpgsql AS $$
	DECLARE lease TEXT := COALESCE(current_setting('postbag.lease', true), '');
	BEGIN
		IF current_setting('application_name') = 'worker' THEN
			INSERT INTO seen_writes VALUES (TG_TABLE_NAME, lease, EXISTS (
				SELECT 1 FROM duties d WHERE d.name || ' ' || d.fence = lease AND d.worker_id IS NOT NULL));
		END IF;
		RETURN NULL;
	END $$;
	CREATE FUNCTION see_move() RETURNS TRIGGER LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO seen_moves VALUES (NEW.id, NEW.state);
		RETURN NULL;
	END $$;
	CREATE FUNCTION see_run() RETURNS TRIGGER LANGUAGE plpgsql AS $$
	BEGIN
		INSERT INTO seen_runs VALUES (NEW.name, NEW.due_at, NEW.fence);
		RETURN NULL;
	END $$;
	CREATE CONSTRAINT TRIGGER see_feeds AFTER UPDATE ON feeds DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION see_write();
	CREATE CONSTRAINT TRIGGER see_comments AFTER INSERT OR UPDATE OF body ON comments DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW EXECUTE FUNCTION see_write();
	CREATE CONSTRAINT TRIGGER see_issues AFTER UPDATE OF state ON issues DEFERRABLE INITIALLY DEFERRED
		FOR EACH ROW WHEN (NEW.state IN ('published', 'sending')) EXECUTE FUNCTION see_write();
	CREATE TRIGGER see_moves AFTER UPDATE OF state ON issues
		FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION see_move();
	CREATE TRIGGER see_runs AFTER UPDATE OF runs ON duties
		FOR EACH ROW WHEN (OLD.runs <> NEW.runs) EXECUTE FUNCTION see_run();`

// chaos is an installation on PostgreSQL with several blogs and a row of approved
// issues, and the workers that are to live through it.
type chaos struct {
	*installation
	t        *testing.T
	conn     *pgx.Conn
	began    time.Time // by the machine's clock
	start    time.Time // by the program's
	blogs    []*sampleblog.Blog
	workers  []*worn
	lease    string // of the workers that are started
	suspends int
	kills    int
	random   *rand.Rand
}

// worn is a worker process that is killed, suspended and started again.
type worn struct {
	cmd   *exec.Cmd
	since time.Time
	log   lockedBuffer
}

const chaosSpeed = 120 // a second is two minutes

// TestWorkersInChaos runs three real workers on one PostgreSQL database, and
// kills them, suspends them for longer than their lease, wakes them and starts
// them anew at random. Every moment of the schedule makes its issue public once
// and mails it once, every blog is pulled to the end, and nothing is written
// under a lease that is another's.
func TestWorkersInChaos(t *testing.T) {
	t.Parallel()
	issues, blogs := 2, 3
	if os.Getenv("POSTBAG_TEST_LONG") != "" {
		issues, blogs = 120, 12
	}
	c := newChaos(t, issues, blogs)
	for range 3 {
		c.workers = append(c.workers, &worn{})
		c.startWorker(len(c.workers) - 1)
	}
	t.Cleanup(c.killAll)
	end := c.began.Add(time.Duration(issues+1) * 5 * time.Minute / chaosSpeed)
	for n := 0; time.Now().Before(end); n++ {
		c.harm(n)
	}
	for i, w := range c.workers {
		if w.cmd == nil {
			c.startWorker(i)
		}
	}
	c.suspendUntilLost()
	// A machine that is so busy that a process rests for a second keeps nobody from
	// the end.
	c.killAll()
	c.lease = "1m"
	for i := range c.workers {
		c.startWorker(i)
	}
	c.settled(issues)
	c.stop()
	c.verify(issues)
}

func newChaos(t *testing.T, issues, blogs int) *chaos {
	t.Helper()
	dsn := storetest.MadePostgres(t)
	c := &chaos{t: t, lease: "1s", random: digesttest.Rand(t), start: time.Date(2026, 3, 16, 9, 1, 0, 0, time.UTC)}
	c.installation = &installation{t: t, dir: t.TempDir(), clock: digest.NewTestClock(c.start, 1)}
	c.flags = []string{"--db", dsn, "--fetch-allow", "127.0.0.0/8", "--smtp", "outbox:" + filepath.Join(c.dir, "outbox")}
	for range blogs {
		blog := sampleblog.New(c.start)
		server := httptest.NewServer(blog)
		t.Cleanup(server.Close)
		c.blogs = append(c.blogs, blog)
		c.must("source", "add", server.URL)
	}
	c.must("series", "set", "--zone", "UTC", "--schedule", "*/5 * * * *")
	c.readers(2)
	c.must("pull", "--source", "1")
	comment := 0
	for i := range issues {
		c.must("issue", "draft")
		for picked := false; !picked; { // some are gone
			comment++
			_, err := c.run("issue", "pick", fmt.Sprint(comment))
			picked = err == nil
		}
		c.must("issue", "approve", fmt.Sprint(1+i))
	}
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(t.Context()) })
	c.conn = conn
	c.exec(watchers)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("application_name", "worker")
	u.RawQuery = q.Encode()
	c.flags[1] = u.String()
	c.flags = append(c.flags, "--log-level", "info", "--test-clock", "")
	c.began = time.Now()
	return c
}

// exec runs a statement of the test's own, again when it meets the workers in a
// deadlock.
func (c *chaos) exec(statement string) {
	c.t.Helper()
	var err error
	for range 10 {
		if _, err = c.conn.Exec(c.t.Context(), statement); err == nil || !strings.Contains(err.Error(), "40P01") {
			break
		}
	}
	if err != nil {
		c.t.Fatal(err)
	}
}

// number reads a single number.
func (c *chaos) number(query string) (n int) {
	c.t.Helper()
	if err := c.conn.QueryRow(c.t.Context(), query).Scan(&n); err != nil {
		c.t.Fatal(err)
	}
	return n
}

// startWorker starts a worker whose clock shows what the others' show.
func (c *chaos) startWorker(i int) {
	at := c.start.Add(time.Since(c.began) * chaosSpeed)
	c.flags[len(c.flags)-1] = fmt.Sprintf("%s,%d", at.Format(time.RFC3339Nano), chaosSpeed)
	w := c.workers[i]
	w.cmd = c.processTo(&w.log, "--lease", c.lease, "serve", "--only", "worker")
}

// harm does something to a worker, and something to the blogs.
func (c *chaos) harm(n int) {
	c.t.Helper()
	at := c.start.Add(time.Since(c.began) * chaosSpeed)
	if _, err := c.blogs[n%len(c.blogs)].Add(0, "", "Anonymous", fmt.Sprintf("Something new, number %d.", n), at); err != nil {
		c.t.Fatal(err)
	}
	// The blogs are asked again and again, not hourly.
	c.pullAgain()
	i := c.random.IntN(len(c.workers))
	switch w := c.workers[i]; {
	case w.cmd == nil:
		c.startWorker(i)
	case c.random.IntN(2) == 0:
		c.kills++
		_ = w.cmd.Process.Kill()
		_ = w.cmd.Wait() // it was killed: its status says so and nothing more
		w.cmd = nil
	default:
		c.suspend(w)
	}
	time.Sleep(time.Duration(c.random.IntN(600)) * time.Millisecond)
}

// suspendUntilLost suspends a worker for longer than its lease until one has found
// that it lost its lease; those that were suspended at random may have been killed
// before they could.
func (c *chaos) suspendUntilLost() {
	c.t.Helper()
	w := c.workers[0]
	eventually(c.t, "a suspended worker finds that it has lost its lease", func() bool {
		if strings.Contains(w.log.String(), leaseLost) {
			return true
		}
		c.suspend(w)
		time.Sleep(300 * time.Millisecond)
		return false
	})
}

// leaseLost is what the log of a worker says that has lost its lease.
const leaseLost = "the worker stops"

func (c *chaos) suspend(w *worn) {
	c.suspends++
	_ = w.cmd.Process.Signal(syscall.SIGSTOP)
	time.Sleep(1500 * time.Millisecond) // longer than its lease
	_ = w.cmd.Process.Signal(syscall.SIGCONT)
}

// pullAgain makes all blogs due, each statement a transaction of its own.
func (c *chaos) pullAgain() {
	c.t.Helper()
	c.exec(`UPDATE feeds SET next_poll = 0`)
	c.exec(`UPDATE duties SET next_at = 0 WHERE kind = 'pull'`)
}

// settled waits until all is public, mailed and pulled.
func (c *chaos) settled(issues int) {
	c.t.Helper()
	c.pullAgain()
	eventually(c.t, "all issues are sent and all blogs are pulled", func() bool {
		return c.number(`SELECT COUNT(*) FROM issues WHERE state = 'sent'`) == issues &&
			c.number(`SELECT COUNT(*) FROM feeds WHERE next_poll = 0 OR catch_up IS NOT NULL`) == 0
	})
}

// killAll kills the workers that run.
func (c *chaos) killAll() {
	for _, w := range c.workers {
		if w.cmd != nil {
			_ = w.cmd.Process.Kill()
			_ = w.cmd.Wait() // it was killed: its status says so and nothing more
			w.cmd = nil
		}
	}
}

// stop asks the workers to end, as an operator would.
func (c *chaos) stop() {
	for _, w := range c.workers {
		_ = w.cmd.Process.Signal(syscall.SIGTERM)
	}
	for i, w := range c.workers {
		if err := w.cmd.Wait(); err != nil {
			c.t.Errorf("worker %d ended with %v\n%s", i, err, &w.log)
		}
		w.cmd = nil
	}
}

func (c *chaos) verify(issues int) {
	c.t.Helper()
	if n := c.number(`SELECT COUNT(*) FROM seen_writes WHERE NOT held`); n > 0 {
		c.t.Errorf("%d rows were written under a lease that was not the writer's", n)
	}
	writes := c.number(`SELECT COUNT(*) FROM seen_writes`)
	for _, state := range []string{"published", "sending", "sent"} {
		if n := c.number(`SELECT COUNT(*) FROM seen_moves WHERE state = '` + state + `'`); n != issues {
			c.t.Errorf("issues became %s %d times, want %d", state, n, issues)
		}
	}
	if n := c.number(`SELECT COUNT(*) FROM (SELECT name, due_at FROM seen_runs
			WHERE name LIKE 'deadline:%' OR name LIKE 'deliver:%' GROUP BY name, due_at HAVING COUNT(*) > 1) AS twice`); n > 0 {
		c.t.Errorf("%d moments of the schedule were completed more than once", n)
	}
	stored, said := c.number(`SELECT COUNT(*) FROM comments`), 0
	for _, blog := range c.blogs {
		said += blog.Stats().Comments
	}
	if stored != said {
		c.t.Errorf("%d comments are stored, the blogs have %d", stored, said)
	}
	if n := c.number(`SELECT COUNT(*) FROM deliveries WHERE state <> 'sent'`); n > 0 {
		c.t.Errorf("%d mails are not sent", n)
	}
	lost := 0
	for _, w := range c.workers {
		lost += strings.Count(w.log.String(), leaseLost)
	}
	c.t.Logf("%d kills, %d suspensions, %d places lost, %d writes seen, %d runs, %d pulls, %d mails for %d rows",
		c.kills, c.suspends, lost, writes, c.number(`SELECT COUNT(*) FROM seen_runs`),
		c.number(`SELECT COUNT(*) FROM seen_runs WHERE name LIKE 'pull:%'`), len(c.mails()), 2*issues)
}
