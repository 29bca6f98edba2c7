package metrics

import (
	"context"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"postbag/digest/health"
	"postbag/subscribers"
)

// figures gives what the database and the folder of backups tell. It is safe for
// concurrent use.
type figures struct {
	o Options

	asking sync.Mutex // held while the database is asked

	mu      sync.Mutex
	up      bool
	last    health.Figures
	backup  time.Time // begin of the newest; zero for none
	till    time.Time // until when these hold
	looking atomic.Bool
}

// Bounds of a scrape.
const (
	scrapeTime = 3 * time.Second // for all that it asks
	reusedFor  = time.Second     // how long an answer of the database holds
)

// refresh asks the database anew unless its last answer still holds. Those who ask at
// once get one answer.
func (f *figures) refresh(ctx context.Context) {
	f.asking.Lock()
	defer f.asking.Unlock()
	if time.Now().Before(f.till) {
		return
	}
	// Whoever asked may be gone before the others who wait for the answer.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), scrapeTime)
	defer cancel()
	now, err := f.o.Store.Figures(ctx)
	if err != nil {
		f.o.Log.WarnContext(ctx, "metrics go without the database", "error", err)
	}
	backup := f.newest(ctx)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.up, f.last, f.backup = err == nil, now, backup
	f.till = time.Now().Add(reusedFor)
}

// newest gives when the newest backup was begun; zero where there is none, or the folder
// cannot be read. A folder on a server that is away may not answer at all: it is asked
// once, and not again before it has answered.
func (f *figures) newest(ctx context.Context) time.Time {
	if f.o.NewestBackup == nil || !f.looking.CompareAndSwap(false, true) {
		return time.Time{}
	}
	found := make(chan time.Time, 1)
	go func() {
		defer f.looking.Store(false)
		at, err := f.o.NewestBackup()
		if err != nil {
			f.o.Log.WarnContext(ctx, "metrics know of no backup", "error", err)
		}
		found <- at
	}()
	select {
	case at := <-found:
		return at
	case <-ctx.Done():
		return time.Time{}
	}
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("postbag_"+name, help, labels, nil)
}

// The metrics that are read when somebody asks.
var (
	databaseUp    = desc("database_up", "1 where the database answered within 3 seconds, else 0.")
	databaseSize  = desc("database_size_bytes", "How large the database is, without its write-ahead log.")
	issueMails    = desc("issue_mails", "Mails of an issue that is being mailed, by state; the newest 20 issues.", "series", "issue", "state")
	issueOldest   = desc("issue_oldest_due_seconds", "How long the mail that waits longest for its turn has been due; 0 where none waits.", "series", "issue")
	issuePaused   = desc("issue_paused", "1 where the sending of the issue is paused, else 0.", "series", "issue")
	issuesMailing = desc("issues_mailing", "Issues that are being mailed, paused ones too.")
	mailsInDoubt  = desc("mails_in_doubt", "Mails of all issues that wait for a person, since a server may have them or not; up to 100000.")
	letters       = desc("letters_waiting", "Single letters, such as confirmations, that are not sent yet; up to 100000.")
	oldestLetter  = desc("letters_oldest_seconds", "How long ago the oldest letter that waits was asked for; 0 where none does.")
	feeds         = desc("feeds", "Feeds of blogs that are asked.")
	feedsFailing  = desc("feeds_failing", "Feeds whose last answer was not good.")
	lastPull      = desc("last_pull_success_timestamp_seconds", "When a feed last answered well; 0 for never.")
	lastPublished = desc("last_issue_published_timestamp_seconds", "When an issue was published last; 0 for never.")
	lastSent      = desc("last_issue_sent_timestamp_seconds", "When the mailing of an issue was finished last; 0 for never.")
	sendingHeld   = desc("sending_held", "1 while all publishing and sending is held, else 0.")
	workers       = desc("workers", "Processes that work on the database.")
	readers       = desc("subscribers_active", "Readers who get the next issue; up to 100000.")
	backupNewest  = desc("backup_newest_timestamp_seconds", "When the newest backup in --backup-dir was begun; 0 where there is none.")
)

// Describe says which metrics there are.
func (f *figures) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{databaseUp, databaseSize, issueMails, issueOldest, issuePaused, issuesMailing, mailsInDoubt, letters, oldestLetter,
		feeds, feedsFailing, lastPull, lastPublished, lastSent, sendingHeld, workers, readers, backupNewest} {
		to <- d
	}
}

// Collect gives the metrics by the last answer.
func (f *figures) Collect(to chan<- prometheus.Metric) {
	f.mu.Lock()
	up, now, backup := f.up, f.last, f.backup
	f.mu.Unlock()
	gauge := func(of *prometheus.Desc, is float64, labels ...string) {
		to <- prometheus.MustNewConstMetric(of, prometheus.GaugeValue, is, labels...)
	}
	gauge(databaseUp, truth(up))
	if f.o.NewestBackup != nil {
		gauge(backupNewest, moment(backup))
	}
	if !up {
		return
	}
	for _, one := range []struct {
		of *prometheus.Desc
		is float64
	}{
		{databaseSize, float64(now.Bytes)}, {issuesMailing, float64(now.UnderWay)}, {mailsInDoubt, float64(now.Uncertain)},
		{letters, float64(now.Letters)}, {oldestLetter, f.age(now.OldestLetter)},
		{feeds, float64(now.Feeds)}, {feedsFailing, float64(now.FailingFeeds)}, {lastPull, moment(now.LastPull)},
		{lastPublished, moment(now.LastPublished)}, {lastSent, moment(now.LastSent)},
		{sendingHeld, truth(!now.HeldSince.IsZero())}, {workers, float64(now.Workers)}, {readers, float64(now.Active)},
	} {
		gauge(one.of, one.is)
	}
	for _, m := range now.Mailing {
		number := strconv.Itoa(m.Number)
		gauge(issueOldest, f.age(m.OldestDue), m.Series, number)
		gauge(issuePaused, truth(m.Paused), m.Series, number)
		for _, state := range states {
			gauge(issueMails, float64(m.Counts[state]), m.Series, number, string(state))
		}
	}
}

// states are those of mails, all of which are told, also where there is none.
var states = append(subscribers.OpenStates(), subscribers.Delivered, subscribers.Failed, subscribers.Uncertain, subscribers.Cancelled)

// age gives the seconds since a moment: 0 for none, and for one that is still to come.
func (f *figures) age(since time.Time) float64 {
	if since.IsZero() {
		return 0
	}
	return max(0, f.o.Clock.Now().Sub(since).Seconds())
}

// moment gives a moment in seconds since 1970; 0 for none.
func moment(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.UnixMilli()) / 1000
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
