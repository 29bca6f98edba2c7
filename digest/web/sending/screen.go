package sending

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/subscribers"
	"postbag/templates/screen"
)

// The choices of when.
const (
	whenNext = "next"
	whenAt   = "at"
	whenNow  = "now"
)

const (
	// fieldTime is how a browser's field writes a date and a time.
	fieldTime = "2006-01-02T15:04"
	// pastShown is how many issues before are told of, mailsShown how many mails that
	// were refused or are in doubt.
	pastShown, mailsShown = 3, 20
	// soon is how near a moment is that the page waits for.
	soon = 15 * time.Minute
)

// screen makes the screen of an issue as it stands.
func (a *Area) screen(r *http.Request, ref desk.Ref, typed asked) (s screen.Send, err error) {
	ctx := r.Context()
	// What is done while the page is made is news to whoever sees it.
	_, history, err := a.Desk.History(ctx, desk.Ref{Series: ref.Series, Number: ref.Number}, 1)
	if err != nil {
		return s, err
	}
	is, err := a.Desk.Outlook(ctx, desk.Ref{Series: ref.Series, Number: ref.Number})
	if err != nil {
		return s, err
	}
	ahead, err := a.Sender.Prospect(ctx, desk.Ref{Series: ref.Series, Number: ref.Number}, desk.When{})
	if err != nil {
		return s, err
	}
	s.Title = is.Issue.Title
	if is.Frozen != nil {
		s.Inbox = screen.Inbox{From: is.Frozen.Publication, Subject: shownSubject(is), First: is.Frozen.Preheader, Time: timeAt(ahead.Series, ahead.Due)}
	}
	if is.Issue.State == digest.Draft {
		s.Draft, err = a.draft(r, ref, is, ahead, typed)
	} else {
		if s.After, err = a.after(r, ref, ahead); err == nil {
			s.After.Seen = []screen.Hidden{{Name: "version", Value: fmt.Sprint(is.Issue.Version)}}
			if len(history) > 0 {
				s.After.Seen = append(s.After.Seen, screen.Hidden{Name: "last", Value: fmt.Sprint(history[0].ID)})
			}
		}
	}
	if err != nil {
		return s, err
	}
	s.Past, err = a.past(ctx, ref, is.Issue, ahead.Series)
	return s, err
}

// shownSubject is the subject that the mail has.
func shownSubject(is desk.Outlook) string { return cmp.Or(is.Frozen.Subject, is.Frozen.Title) }

func (a *Area) draft(r *http.Request, ref desk.Ref, is desk.Outlook, ahead dispatch.Prospect, typed asked) (*screen.SendDraft, error) {
	now, series := a.frame.Now(), ahead.Series
	address := func(p site.Page) string { return a.address(p, ref.Series, is.Issue.Number) }
	zone, err := series.Location()
	if err != nil {
		return nil, err
	}
	d := &screen.SendDraft{
		Approve: address(site.SendScreen), Save: address(site.SendWords), Test: address(site.SendTest), Check: address(site.CheckScreen),
		Version: int(is.Issue.Version), Next: ahead.Due.Format(time.RFC3339Nano), ToFix: len(is.Problems), TestTo: frame.Editor(r).Email,
		Who: ahead.Audience.Who(ahead.LastOfMonth), Others: ahead.Audience.Others(ahead.LastOfMonth),
		Subject: screen.Field{Name: "subject", Label: "Subject", Value: shownSubject(is), Max: 300},
		First:   screen.Field{Name: "preheader", Label: "First line in the inbox", Value: is.Frozen.Preheader, Max: 300},
		At: screen.Field{Name: "at", Label: "Date and time, on the clocks of " + series.Zone, Type: "datetime-local",
			Value: ahead.Due.In(zone).Format(fieldTime)},
		Consequence: consequence(ahead, typed.when == whenNow, now), Look: address(site.SendScreen),
	}
	next := desk.Spoken(series, ahead.Due, now)
	if ahead.Due.Equal(is.Issue.Slot) {
		next += ", the next slot"
	}
	d.WasSubject, d.WasFirst = d.Subject.Value, d.First.Value
	chosen := whenNext
	if typed.typed {
		d.WasSubject, d.WasFirst = typed.wasSubject, typed.wasFirst
		chosen = cmp.Or(typed.when, whenNext)
		d.Subject.Value, d.First.Value, d.At.Value, d.At.Mistake = typed.subject, typed.first, typed.at, typed.atMistake
		d.Version = int(cmp.Or(ref.Version, is.Issue.Version))
		d.Subject.Mistake, d.First.Mistake = typed.subjectMistake, typed.firstMistake
		d.Mistakes = screen.Mistakes(d.At, d.Subject, d.First)
	}
	d.Deadline = &screen.SendDeadline{Action: address(site.SendRule), Says: series.Deadline.Words()}
	d.Deadline.Rule, d.Deadline.AtLeast = ruleFields(series)
	d.Deadline.Was = frame.Was(d.Deadline.Rule, d.Deadline.AtLeast)
	d.Count = utf8.RuneCountInString(d.First.Value)
	for _, c := range []struct{ value, label string }{
		{whenNext, next},
		{whenNow, "Now. It waits ten minutes, so that you can change your mind."},
		{whenAt, "At another time"},
	} {
		d.Choices = append(d.Choices, screen.Option{Value: c.value, Label: c.label, Chosen: c.value == chosen})
	}
	return d, nil
}

// consequence says what approving an issue leads to: now, or at the moment when it is due.
func consequence(ahead dispatch.Prospect, isNow bool, now time.Time) string {
	until := "Until " + desk.ShortMoment(ahead.Series, ahead.Due, now)
	if isNow {
		until = "For ten minutes, until " + timeAt(ahead.Series, ahead.Due) + ","
	}
	return fmt.Sprintf("Approving %s fixes its words. %s you can take it back with one press; after the first mail has left you cannot.", ahead.Issue.Title, until)
}

// chosen answers with what the moment leads to that is chosen in the form, and not yet
// sent. Of a time that cannot be taken it says so only when it is sent.
func (a *Area) chosen(w http.ResponseWriter, r *http.Request, ref desk.Ref) error {
	issue, series, err := a.Desk.Issue(r.Context(), ref)
	if err != nil {
		return err
	}
	var when desk.When
	text := "Approving " + issue.Title + " fixes its words. Until the moment that you choose you can take it back with one press; after the first mail has left you cannot."
	answer := func(text, at string) error {
		return a.frame.Parts(w, r, "", frame.Part{Screen: "send", Name: "consequence", Data: text, Into: "#consequence"},
			frame.Part{Screen: "send", Name: "inbox-time", Data: at, Into: "#inbox-time", Swap: "innerHTML"})
	}
	query := r.URL.Query()
	switch query.Get(whenQuery) {
	case whenNow:
		when.Now = true
	case whenAt:
		if when.At, err = a.Desk.ReadMoment(series, query.Get("at")); err != nil {
			return answer(text, "")
		}
	}
	ahead, err := a.Sender.Prospect(r.Context(), ref, when)
	if err != nil {
		return err
	}
	return answer(consequence(ahead, when.Now, a.frame.Now()), timeAt(series, ahead.Due))
}

// after says how an issue stands that was approved.
func (a *Area) after(r *http.Request, ref desk.Ref, ahead dispatch.Prospect) (*screen.SendAfter, error) {
	ctx, issue, now := r.Context(), ahead.Issue, a.frame.Now()
	address := func(p site.Page) string { return a.address(p, ref.Series, issue.Number) }
	report, err := a.Sender.Report(ctx, issue)
	if err != nil {
		return nil, err
	}
	at := desk.Spoken(ahead.Series, issue.DueAt, now)
	s := &screen.SendAfter{}
	hold := screen.SendAct{Label: "Hold", Action: address(site.SendHold)}
	sendNow := &screen.SendAct{
		Label: fmt.Sprintf("Mail it to %s now", plural(ahead.Readers(), "reader", "readers")), Action: address(site.SendNow),
		Note: fmt.Sprintf("%s goes by mail to %s at once, and stands on the web. It cannot be undone.", issue.Title, plural(ahead.Readers(), "reader", "readers")),
	}
	if issue.Slot.After(now) {
		sendNow.Note += " It stays the issue of " + desk.Spoken(ahead.Series, issue.Slot, now) + ": the next one goes out after that."
	}
	switch issue.State {
	case digest.Approved:
		s.Who, s.Now = ahead.Who(), sendNow
		s.Sentence = "Approved. It goes out " + at + "."
		hold.Note = "Holding it takes the approval back, until the first mail has left. The next draft stays as it is, unless nobody has done anything in it yet: then it gives way."
		switch {
		case issue.Asks != digest.AsksNothing || issue.DueAt.IsZero() || a.Sender.IsLate(issue):
			s.Sentence = "Approved. It was to go out " + at + ", and waits for you to send it."
			if issue.DueAt.IsZero() {
				s.Sentence = "Approved, without a moment. It waits for you to send it."
			}
		case issue.DueAt.Sub(now) < soon:
			s.Every = "every 5s"
		}
		s.Acts = []screen.SendAct{hold}
	case digest.Published:
		s.Who, s.Now = ahead.Who(), sendNow
		s.Sentence = "It is on the web. It is mailed " + at + "."
		hold.Note = "Holding it keeps it from being mailed; it stays on the web."
		if s.Acts, s.Every = []screen.SendAct{hold}, "every 5s"; issue.DueAt.IsZero() || issue.Asks != digest.AsksNothing {
			s.Sentence, s.Acts, s.Every = "It is on the web, and is not mailed before you send it.", nil, ""
		}
	case digest.Sending:
		s.Sentence, s.Every = "It is on its way to its readers.", "every 3s"
		s.Note = "This page can be closed: nothing changes."
		s.Acts = []screen.SendAct{{Label: "Pause", Action: address(site.SendPause), Note: "Pausing keeps what has not left. What has left cannot be called back."}}
	case digest.Paused:
		s.Sentence = "Sending is paused."
		if issue.Pause.Cause.Refused() {
			s.Sentence = "Sending is paused, because the mail server refuses: " + frame.Cut(issue.Pause.Detail, 300)
		}
		if advice := issue.Pause.Cause.Advice(); advice != "" {
			s.Note = advice + "."
		}
		s.Acts = []screen.SendAct{{Label: "Go on sending", Action: address(site.SendResume), Main: true}}
	case digest.Sent:
		s.Sentence = "Sent " + desk.Spoken(ahead.Series, issue.SentAt, now) + "."
	default:
		s.Sentence = issue.Title + " is " + issue.State.Is() + "."
	}
	if s.Every != "" {
		poll := address(site.SendScreen)
		joint := "?"
		if ref.Series != "" {
			joint = "&"
		}
		s.Poll = poll + joint + seenQuery + "=" + string(issue.State)
	}
	if report.Counts.Total() > 0 {
		var at dispatch.Standing
		if s.Progress, at, err = a.progress(r, issue, ahead.Series); err != nil {
			return nil, err
		}
		if s.Poll != "" {
			s.Poll += "&" + asSeen(r, at)
		}
		s.SettleDoubts = a.frame.SettleLinks(ref.Series, issue, subscribers.Uncertain, 0)
		s.SettleRefused = a.frame.SettleLinks(ref.Series, issue, subscribers.Failed, 0)
		if s.Doubts, err = a.mails(ctx, ref.Series, issue, ahead, subscribers.Uncertain); err != nil {
			return nil, err
		}
		if s.Refused, err = a.mails(ctx, ref.Series, issue, ahead, subscribers.Failed); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// progress counts an issue's mails, and says how fast it goes and how long it takes
// still, from how it stood when the page was last shown.
func (a *Area) progress(r *http.Request, issue digest.Issue, series digest.Series) (*screen.SendProgress, dispatch.Standing, error) {
	at, err := a.Sender.Standing(r.Context(), issue, lastSeen(r))
	if err != nil {
		return nil, at, err
	}
	c := at.Counts
	p := &screen.SendProgress{
		Total: c.Total(), Done: at.Done(), Sent: c[subscribers.Delivered], Waiting: at.Waiting(), Deferred: c[subscribers.Deferred],
		Refused: c[subscribers.Failed], Doubtful: c[subscribers.Uncertain], Left: c[subscribers.Cancelled],
	}
	switch left := at.Left(); {
	case at.State != digest.Sending:
	case at.Why.For != digest.WaitsForNothing:
		p.Time = "It waits: " + frame.Cut(at.Why.Why(func(t time.Time) string { return timeAt(series, t) }), 300) + "."
	case !at.Waits.IsZero():
		p.Time = "All that is left waits for another try; the next is at " + timeAt(series, at.Waits) + "."
	case left > 0:
		p.Time = fmt.Sprintf("%.1f mails a second over the last moments; %s left.", at.Rate, dispatch.LongTime(left))
	}
	return p, at, nil
}

// doneQuery carries how many mails were done when the page was shown, and when that was,
// so that the next time it can say how fast it goes.
const doneQuery = "done"

// rateKept is how long a moment is measured from.
const rateKept = 20 * time.Second

// lastSeen reads how the mailing stood when the page was last shown.
func lastSeen(r *http.Request) (at dispatch.Standing) {
	var done int
	var micros int64
	if n, err := fmt.Sscanf(r.URL.Query().Get(doneQuery), "%d.%d", &done, &micros); err != nil || n != 2 || done < 0 || micros <= 0 {
		return at
	}
	return dispatch.Standing{Counts: subscribers.Counts{subscribers.Delivered: done}, At: time.UnixMicro(micros)}
}

// asSeen gives what the next look measures from: what this one did, for a while.
func asSeen(r *http.Request, at dispatch.Standing) string {
	from := lastSeen(r)
	if age := at.At.Sub(from.At); from.At.IsZero() || age <= 0 || age > rateKept {
		from = at
	}
	return fmt.Sprintf("%s=%d.%d", doneQuery, from.Done(), from.At.UnixMicro())
}

// mails lists some mails of an issue in a state, with the server's words.
func (a *Area) mails(ctx context.Context, series string, issue digest.Issue, ahead dispatch.Prospect, state subscribers.DeliveryState) (all []screen.SendMail, err error) {
	_, found, err := a.Sender.Delivered(ctx, desk.Ref{Series: ahead.Series.Slug, Number: issue.Number}, mailsShown, state)
	for _, d := range found {
		all = append(all, screen.SendMail{To: d.Email, Why: d.Words(),
			Settle: a.frame.SettleLinks(series, issue, state, d.SubscriberID)})
	}
	return all, err
}

// past says what became of the last issues before one.
func (a *Area) past(ctx context.Context, ref desk.Ref, issue digest.Issue, series digest.Series) (lines []string, err error) {
	all, err := a.Desk.Issues(ctx, ref.Series, 0)
	if err != nil {
		return nil, err
	}
	zone, err := series.Location()
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if len(lines) == pastShown || i.Number >= issue.Number || !slices.Contains([]digest.IssueState{digest.Sent, digest.Sending, digest.Paused}, i.State) {
			continue
		}
		report, err := a.Sender.Report(ctx, i)
		if err != nil {
			return nil, err
		}
		c := report.Counts
		line := fmt.Sprintf("%d · %s · %d sent, %d refused", i.Number, i.PublishedAt.In(zone).Format("2 Jan"), c[subscribers.Delivered], c[subscribers.Failed])
		if n := c[subscribers.Uncertain]; n > 0 {
			line += fmt.Sprintf(", %d in doubt", n)
		}
		lines = append(lines, line)
	}
	return lines, nil
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
