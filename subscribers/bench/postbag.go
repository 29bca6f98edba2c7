package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/message"
	"postbag/subscribers/roster"
)

// Store is the database: the ledger, and what fills it.
type Store interface {
	deliver.Ledger
	AddSource(ctx context.Context, by digest.Actor, src *digest.Source, feeds []digest.FeedState, first digest.Series, series ...string) error
	SeriesList(ctx context.Context) ([]digest.Series, error)
	OpenDraft(ctx context.Context, by digest.Actor, seriesID int64, now, due time.Time) (digest.Issue, bool, error)
	Approve(ctx context.Context, by digest.Actor, issue *digest.Issue, taught *desk.Lesson) error
	MoveIssue(ctx context.Context, by digest.Actor, id int64, to digest.IssueState, now time.Time, seen digest.AsSeen) error
	Enrol(ctx context.Context, told digest.Audited, people []roster.Entry, dryRun bool) ([]roster.Enrolled, error)
	Join(ctx context.Context, j work.Joining) (work.Member, error)
	Close() error
}

// enrolled is how many readers are stored at once.
const enrolled = 5000

// prepare makes a list and published issues, and tells their ids.
func prepare(ctx context.Context, t talk, part Part, parts Parts) (err error) {
	db, err := parts.Open(ctx, part.DSN)
	if err != nil {
		return err
	}
	defer func() { err = first(err, db.Close()) }()
	now := parts.Clock.Now()
	by := digest.Actor{Kind: digest.ByCommand}
	src := digest.Source{Name: "bench", URL: "https://bench.example/", Platform: digest.Blogger, Language: "en", AddedAt: now}
	err = db.AddSource(ctx, by, &src, []digest.FeedState{{Kind: digest.PostsFeed, URL: src.URL + "posts"}}, digest.Series{
		Slug: "pick-of-the-week", Name: "Pick of the Week", Schedule: digest.DefaultSeriesSchedule, Zone: "UTC",
		NextNumber: 1, Deadline: digest.Hold, CreatedAt: now,
	})
	if err != nil {
		return err
	}
	if err := enrol(ctx, db, part.Readers, now); err != nil {
		return err
	}
	series, err := db.SeriesList(ctx)
	if err != nil {
		return err
	}
	var made prepared
	for i := range part.Issues {
		id, err := publish(ctx, db, by, series[0].ID, now.Add(time.Duration(i)*time.Second))
		if err != nil {
			return err
		}
		made.Issues = append(made.Issues, id)
	}
	return t.out.Encode(made)
}

func enrol(ctx context.Context, db Store, readers int, now time.Time) error {
	for done := 0; done < readers; {
		var people []roster.Entry
		for range min(enrolled, readers-done) {
			done++
			email := addressOf(done)
			people = append(people, roster.Entry{
				Subscriber: subscribers.Subscriber{Email: email, Key: email, State: subscribers.Active, Frequency: subscribers.Every,
					Token: subscribers.NewToken(), CreatedAt: now, ConfirmedAt: now},
				Consent: subscribers.Consent{At: now, Page: "bench", Wording: "yes"}, Mailbox: email,
			})
		}
		if _, err := db.Enrol(ctx, digest.Audited{}, people, false); err != nil {
			return err
		}
	}
	return nil
}

func addressOf(reader int) string { return fmt.Sprintf("reader%d@example.org", reader) }

func publish(ctx context.Context, db Store, by digest.Actor, series int64, at time.Time) (int64, error) {
	issue, _, err := db.OpenDraft(ctx, by, series, at, at.Add(time.Hour))
	if err != nil {
		return 0, err
	}
	issue.ApprovedAt = at
	issue.Frozen = &digest.Frozen{Title: issueTitle, Number: issue.Number, Date: at, Blocks: []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "x"}}}
	if err := db.Approve(ctx, by, &issue, nil); err != nil {
		return 0, err
	}
	return issue.ID, db.MoveIssue(ctx, by, issue.ID, digest.Published, at, digest.AsSeen{})
}

// errEnough ends a mailing of which enough is measured.
var errEnough = errors.New("enough mails are sent")

// sendByPostbag mails an issue as the program does: each mail is in the ledger before
// it is on the wire, and its result after. Where the list is longer than the mails
// that are measured, the audience is frozen before the time begins.
func sendByPostbag(ctx context.Context, t talk, part Part, parts Parts) (err error) {
	db, err := parts.Open(ctx, part.DSN)
	if err != nil {
		return err
	}
	defer func() { err = first(err, db.Close()) }()
	transport, err := parts.Transport(part.Server)
	if err != nil {
		return err
	}
	member, err := db.Join(ctx, work.Joining{Name: "bench"})
	if err != nil {
		return err
	}
	defer member.Leave()
	ctx, enough := context.WithCancelCause(member.Context())
	defer enough(nil)
	sender := deliver.New(deliver.Options{Ledger: db, Transport: transport, Clock: parts.Clock, Concurrency: part.Connections})
	job := deliver.Job{
		Mailing: subscribers.Mailing{IssueID: part.Issue, Begun: parts.Clock.Now(), Domain: senderDomain},
		From:    func(subscribers.Delivery) string { return senderAddress },
		Worker:  member,
		Compose: composer,
	}
	var begin func() error
	if part.Mails < part.Readers {
		begin = func() error {
			_, err := db.Begin(ctx, job.Mailing, false)
			return err
		}
		job.Progress = func(p deliver.Progress) {
			if p.Sent >= part.Mails {
				enough(errEnough)
			}
		}
	}
	return t.measureAfter(begin, func() (int, error) {
		sum, err := sender.Run(ctx, job)
		if context.Cause(ctx) == errEnough {
			err = nil
		}
		return sum.Sent, err
	})
}

// composer fills in what differs from one reader to the next.
func composer(m subscribers.Mailing) (deliver.Composer, error) {
	msg := issue(m.Begun)
	tmpl, err := message.NewTemplate(msg, mark)
	if err != nil {
		return nil, err
	}
	ids := m.MessageIDs([]byte("bench"))
	return func(dst []byte, d subscribers.Delivery) ([]byte, error) {
		return tmpl.Append(dst, message.Reader{To: d.Email, Name: d.Name, MessageID: ids.For(d.SubscriberID), Token: d.Token})
	}, nil
}
