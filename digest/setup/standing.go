package setup

import (
	"context"
	"time"

	"postbag/digest"
)

// Step is a part of the set-up.
type Step string

// The steps in their order. The account of whoever goes through them comes before.
const (
	BlogStep   Step = "blog"
	SeriesStep Step = "series"
	MailStep   Step = "mail"
	PullStep   Step = "pull"
)

// Steps lists the steps in their order.
func Steps() []Step { return []Step{BlogStep, SeriesStep, MailStep, PullStep} }

// Marks are what cannot be read from anything else, zero for what was not done: when
// the settings of the series and of mail were taken as they are, and when a mail server
// took a test mail.
type Marks struct{ Series, Mail, Tested time.Time }

// Standing is how far the set-up has come.
type Standing struct {
	Source digest.Source // the first blog; its ID is 0 before there is one
	Series digest.Series // the first series; it comes with the blog
	Marks  Marks
	Issues bool // an issue was approved, skipped or given up
	Draft  int  // the number of the draft that is open; 0 for none
	Public bool // an issue was approved or more, so that mail was thought of
	Pulled bool // some feed of a blog has answered, or an import brought comments
}

// Done tells whether a step is done, here or by a command.
func (s Standing) Done(step Step) bool {
	switch step {
	case BlogStep:
		return s.Source.ID != 0
	case SeriesStep:
		return !s.Marks.Series.IsZero() || s.Issues || s.Source.ID != 0 && !s.asCreated()
	case MailStep:
		return !s.Marks.Mail.IsZero() || s.Public
	case PullStep:
		return s.Pulled
	}
	return false
}

// Next gives the first step that is left, "" when all are done.
func (s Standing) Next() Step {
	for _, step := range Steps() {
		if !s.Done(step) {
			return step
		}
	}
	return ""
}

// Left gives the first step that is left, "" when all are done or an issue was made: then
// nobody needs to be led.
func (s *Service) Left(ctx context.Context) (Step, error) {
	at, err := s.Standing(ctx)
	if err != nil || at.Issues {
		return "", err
	}
	return at.Next(), nil
}

// Reachable tells whether a step can be gone to: the first one can, and the others once
// there is a blog.
func (s Standing) Reachable(step Step) bool { return step == BlogStep || s.Source.ID != 0 }

// asCreated tells whether the series is as the first blog brought it; its zone is the
// machine's. The first pull opens a draft, which takes the first number.
func (s Standing) asCreated() bool {
	of := s.Series
	return of.Name == digest.DefaultSeriesName && of.Title == digest.DefaultSeriesTitle &&
		of.Schedule == digest.DefaultSeriesSchedule && (of.NextNumber == 1 || of.NextNumber == 2 && s.Draft == 1)
}

// Standing reads how far the set-up has come.
func (s *Service) Standing(ctx context.Context) (at Standing, err error) {
	sources, err := s.o.Store.Sources(ctx)
	if err != nil {
		return at, err
	}
	all, err := s.o.Store.SeriesList(ctx)
	if err != nil {
		return at, err
	}
	if at.Marks, err = s.o.Store.SetupMarks(ctx); err != nil {
		return at, err
	}
	if len(all) > 0 {
		at.Series = all[0]
		issues, err := s.o.Store.Issues(ctx, at.Series.ID, issuesLookedAt)
		if err != nil {
			return at, err
		}
		for _, issue := range issues {
			at.Issues = at.Issues || issue.State != digest.Draft
			if issue.State == digest.Draft && (at.Draft == 0 || issue.Number < at.Draft) {
				at.Draft = issue.Number
			}
			at.Public = at.Public || issue.State != digest.Draft && issue.State != digest.Cancelled && issue.State != digest.Skipped
		}
	}
	if len(sources) == 0 {
		return at, nil
	}
	at.Source = sources[0]
	for _, src := range sources[:min(len(sources), sourcesLookedAt)] {
		feeds, err := s.o.Store.Feeds(ctx, src.ID)
		if err != nil {
			return at, err
		}
		for _, f := range feeds {
			at.Pulled = at.Pulled || !f.LastSuccess.IsZero()
		}
		if at.Pulled {
			return at, nil
		}
	}
	comments, err := s.o.Store.Comments(ctx, digest.CommentFilter{Limit: 1})
	at.Pulled = len(comments) > 0
	return at, err
}

// How many of the newest issues, and of the blogs, are looked at.
const (
	issuesLookedAt  = 20
	sourcesLookedAt = 20
)
