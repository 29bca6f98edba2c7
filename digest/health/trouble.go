package health

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/blogs"
	"postbag/digest/work"
	"postbag/subscribers/bounce"
)

// Trouble is something that needs a person, as a sentence and what can be done.
type Trouble struct {
	// Grave tells that something does not happen that should; the rest is worth a look.
	Grave bool
	Text  string // a sentence
	Acts  []digest.Act
	// Since is when it began; zero where that is not known.
	Since time.Time
}

// Surroundings are what the process knows of itself.
type Surroundings struct {
	// Outbox is the folder that mails go to as files; "" where they leave.
	Outbox string
	// Backups tells that a folder for backups is set.
	Backups bool
}

// TroubleStore is what looking for trouble asks beside [Store].
type TroubleStore interface {
	Store
	SeriesList(ctx context.Context) ([]digest.Series, error)
	Publication(ctx context.Context) (digest.Publication, error)
	Sources(ctx context.Context) ([]digest.Source, error)
	EveryFeed(ctx context.Context) ([]digest.FeedState, error)
	Duties(ctx context.Context, limit int) ([]work.Listed, error)
	// Doubted tells who was refused and not believed, of issues mailed since a moment.
	Doubted(ctx context.Context, since time.Time) ([]bounce.Doubted, error)
	HeldReason(ctx context.Context) (since time.Time, reason string, err error)
}

// mostTroubles bounds how many blogs and duties are told one by one.
const mostTroubles = 20

// Troubles lists what needs a person, the gravest first.
func Troubles(ctx context.Context, store TroubleStore, clock digest.Clock, around Surroundings) (all []Trouble, err error) {
	l := &looking{store: store, around: around, now: clock.Now()}
	if l.Status, err = (Health{Store: store, Clock: clock}).Status(ctx); err != nil {
		return nil, err
	}
	if l.series, err = store.SeriesList(ctx); err != nil {
		return nil, err
	}
	for _, look := range []func(context.Context) error{l.workers, l.hold, l.issues, l.refusals, l.blogs, l.duties, l.settings} {
		if err := look(ctx); err != nil {
			return nil, err
		}
	}
	for _, grave := range []bool{true, false} {
		for _, t := range l.found {
			if t.Grave == grave {
				all = append(all, t)
			}
		}
	}
	return all, nil
}

// looking is a look for trouble under way.
type looking struct {
	Status
	store  TroubleStore
	around Surroundings
	now    time.Time
	series []digest.Series
	found  []Trouble
}

func (l *looking) add(grave bool, since time.Time, text string, acts ...digest.Act) {
	l.found = append(l.found, Trouble{Grave: grave, Since: since, Text: text, Acts: acts})
}

// act is an act on an issue, which names its series where there are several.
func (l *looking) act(do digest.Deed, issue digest.Issue) digest.Act {
	a := digest.Act{Do: do, Issue: issue.Number}
	for _, s := range l.series {
		if s.ID == issue.SeriesID && len(l.series) > 1 {
			a.Series = s.Slug
		}
	}
	return a
}

func (l *looking) workers(context.Context) error {
	if l.Workers == 0 && len(l.series) > 0 {
		l.add(true, time.Time{}, "No worker is running: nothing is pulled, published or mailed by itself.", digest.Act{Do: digest.StartServe})
	}
	return nil
}

func (l *looking) hold(ctx context.Context) error {
	if l.HeldSince.IsZero() {
		return nil
	}
	since, reason, err := l.store.HeldReason(ctx)
	l.add(true, since, "Sending is held: "+reason+". Nothing is published or mailed.", digest.Act{Do: digest.ShowHold})
	return err
}

func (l *looking) issues(context.Context) error {
	for _, i := range l.Overdue {
		l.add(true, i.DueAt, i.Title+" should have gone out, and no worker is there to send it.", l.act(digest.SendIssue, i))
	}
	for _, i := range l.TooLate {
		l.add(true, i.DueAt, i.Title+" is too late to go out without asking you.", l.act(digest.SendIssue, i), l.act(digest.CancelIssue, i))
	}
	for _, i := range l.UnderWay {
		switch {
		case i.State == digest.Paused && i.Pause.Cause.Refused():
			text := i.Title + " is paused: the mail server refused. It said: " + i.Pause.Detail
			if advice := i.Pause.Cause.Advice(); advice != "" {
				text = i.Title + " is paused: the mail server refused. " + advice + ". It said: " + i.Pause.Detail
			}
			l.add(true, time.Time{}, text, l.act(digest.ResumeIssue, i))
		case i.State == digest.Paused:
			l.add(false, time.Time{}, "Sending of "+i.Title+" is paused.", l.act(digest.ResumeIssue, i))
		case i.Asks == digest.AsksElsewhere:
			l.add(true, time.Time{}, "Another copy of this installation may have sent "+i.Title+". It waits for you.", l.act(digest.SendIssue, i))
		}
	}
	if l.Uncertain > 0 {
		l.add(false, time.Time{}, "Of "+number(l.Uncertain, "mail it is", "mails it is")+" not known whether they arrived.", digest.Act{Do: digest.ListIssues})
	}
	return nil
}

// doubtedFor is how long after its mailing began an issue's refused readers are told.
const doubtedFor = 14 * 24 * time.Hour

// refusals tells of readers whom servers refused, too many to be believed.
func (l *looking) refusals(ctx context.Context) error {
	all, err := Doubts(ctx, l.store, l.now)
	for _, words := range all {
		l.add(true, time.Time{}, words, digest.Act{Do: digest.ListIssues})
	}
	return err
}

// DoubtStore is what [Doubts] asks.
type DoubtStore interface {
	SeriesList(ctx context.Context) ([]digest.Series, error)
	Doubted(ctx context.Context, since time.Time) ([]bounce.Doubted, error)
}

// Doubts tells, for each issue of the last two weeks, whom servers refused, too many to be
// believed, and what can be done.
func Doubts(ctx context.Context, store DoubtStore, now time.Time) (all []string, err error) {
	found, err := store.Doubted(ctx, now.Add(-doubtedFor))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	series, err := store.SeriesList(ctx)
	if err != nil {
		return nil, err
	}
	for from, to := 0, 0; from < len(found); from = to {
		readers := 0
		for to = from; to < len(found) && found[to].IssueID == found[from].IssueID; to++ {
			readers += found[to].Readers
		}
		d := found[from]
		who, domain := d.Domain, " --domain "+d.Domain
		if n := to - from; n > 1 {
			who, domain = fmt.Sprintf("%d domains, %s among them,", n, d.Domain), ""
		}
		issue := fmt.Sprint(d.Number)
		if len(series) > 1 {
			issue += " --series " + d.Series
		}
		whom := fmt.Sprintf("%d readers", readers)
		if readers == 1 {
			whom = "1 reader"
		}
		all = append(all, fmt.Sprintf("%s: %s refused %s as unknown, too many to be believed. They stay on the list. Once their mail server is right, send it to them again: postbag issue send %s --state failed. If they truly are gone: postbag bounce accept %[4]s%s", d.Title, who, whom, issue, domain))
	}
	return all, nil
}

// blogs tells of each blog with a feed in trouble.
func (l *looking) blogs(ctx context.Context) error {
	sources, err := l.store.Sources(ctx)
	if err != nil {
		return err
	}
	if len(sources) == 0 {
		return nil
	}
	feeds, err := l.store.EveryFeed(ctx)
	if err != nil {
		return err
	}
	of := map[int64][]digest.FeedState{}
	for _, f := range feeds {
		of[f.SourceID] = append(of[f.SourceID], f)
	}
	told := 0
	for _, src := range sources {
		sum := blogs.Sum(of[src.ID], blogs.HealthOf)
		if !sum.Trouble {
			continue
		}
		if told++; told > mostTroubles {
			l.add(false, time.Time{}, "More blogs have something wrong with their feeds.", digest.Act{Do: digest.ListSources})
			break
		}
		f := sum.Feed
		acts := []digest.Act{{Do: digest.ShowSource, Source: src.ID}}
		switch {
		case f.Stopped:
			l.add(true, f.GoneSince, src.Name+" is not asked any more: it said that its feed of "+string(f.Kind)+" is gone for good.", acts...)
		case f.Suspect != "":
			l.add(false, f.LastTry, src.Name+" waits for you: "+f.Suspect+".", digest.Act{Do: digest.AcceptPage, Source: src.ID})
		case f.LastSuccess.IsZero():
			l.add(true, f.FailingSince, src.Name+" has not answered yet: "+f.LastError+".", acts...)
		default:
			l.add(true, f.LastSuccess, src.Name+" has not answered well lately: "+f.LastError+".", acts...)
		}
	}
	return nil
}

// duties tells of what failed that happens by itself; pulls are told with their blogs.
func (l *looking) duties(ctx context.Context) error {
	all, err := l.store.Duties(ctx, 1000)
	told := 0
	for _, d := range all {
		if d.Failures == 0 || d.Kind == work.Pull {
			continue
		}
		if told++; told > mostTroubles {
			break
		}
		l.add(true, d.LastDone, fmt.Sprintf("What happens by itself failed (%s): %s.", d.Name, d.LastError), digest.Act{Do: digest.ListDuties})
	}
	return err
}

func (l *looking) settings(ctx context.Context) error {
	pub, err := l.store.Publication(ctx)
	if err != nil || len(l.series) == 0 {
		return err
	}
	if l.around.Outbox != "" {
		l.add(false, time.Time{}, "No mail leaves this machine: mails are written as files to "+l.around.Outbox+".", digest.Act{Do: digest.ListDuties})
	}
	if pub.PostalAddress == "" {
		l.add(false, time.Time{}, "Mails carry no postal address, which many countries ask of a mailing.", digest.Act{Do: digest.ChangeSeries})
	}
	if !l.around.Backups {
		l.add(false, time.Time{}, "No backups are written by themselves.", digest.Act{Do: digest.ListDuties})
	}
	return nil
}

// number says a count that stops at [Limit].
func number(n int, one, many string) string {
	switch {
	case n >= Limit:
		return fmt.Sprintf("%d or more %s", Limit, many)
	case n == 1:
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
