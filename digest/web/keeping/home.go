package keeping

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/templates/screen"
)

// homePast and homeSeries bound what home shows.
const (
	homePast   = 6
	homeSeries = 8
)

// home shows what is wrong, what is being made, and what was sent.
func (a *Area) home(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := a.clock(ctx)
	if err != nil {
		return err
	}
	series, err := a.Read.SeriesList(ctx)
	if err != nil {
		return err
	}
	page := screen.Home{AllPast: a.Site().Path(site.IssuesList), Several: len(series) > 1}
	if page.Begin, err = a.begin(r, len(series)); err != nil {
		return err
	}
	troubles, err := a.Troubles(ctx)
	if err != nil {
		return err
	}
	for _, t := range troubles {
		row := screen.Trouble{Grave: t.Grave, Text: t.Text, Acts: a.links(t.Acts)}
		if !t.Since.IsZero() {
			row.Since = "Since " + c.at(t.Since) + "."
		}
		page.Troubles = append(page.Troubles, row)
	}
	for _, s := range series[:min(len(series), homeSeries)] {
		current, err := a.current(ctx, s, page.Several)
		if err != nil {
			return err
		}
		page.Current = append(page.Current, current...)
		past, err := a.Past.List(ctx, s, 0, homePast)
		if err != nil {
			return err
		}
		page.Past = append(page.Past, a.pastRows(clock{series: s, now: c.now}, s, past, page.Several)...)
	}
	return a.Show(w, r, page)
}

// begin leads on with the set-up, where a step of it is left; nil where it is done.
func (a *Area) begin(r *http.Request, series int) (*screen.Begin, error) {
	if !frame.Editor(r).Role.May(digest.OwnerRole) {
		if series > 0 {
			return nil, nil
		}
		return &screen.Begin{Title: "No blog is followed yet", Text: "An owner of this desk leads it through the set-up.", Go: screen.Link{Label: "Follow a blog", Address: a.Site().Path(site.SourceNew)}}, nil
	}
	left, err := a.SetUp(r.Context())
	if err != nil || left == "" {
		return nil, err
	}
	b := &screen.Begin{Title: "The set-up is not done", Go: screen.Link{Label: "Go on with it", Address: a.Site().Path(site.SetupPage)}}
	switch left {
	case setup.BlogStep:
		b.Title, b.Text = "No blog is followed yet", "Postbag reads a blog’s comments and makes an issue of the best of them."
		b.Go.Label = "Begin the set-up"
	case setup.SeriesStep:
		b.Text = "The series is left: what it is called, its first number, and when it goes out."
	case setup.MailStep:
		b.Text = "Mail is left: who sends, a test mail to you, and what is missing in DNS."
	default:
		b.Text = "The first pull is left."
	}
	return b, nil
}

// mostOpen is how many issues of a series home tells of that are made or on their way.
const mostOpen = 4

// current tells of the issues of a series that are made or on their way: the one that
// goes out first is first.
func (a *Area) current(ctx context.Context, s digest.Series, several bool) (all []screen.CurrentIssue, err error) {
	issues, err := a.Desk.Issues(ctx, s.Slug, mostListed)
	if err != nil {
		return nil, err
	}
	for _, i := range slices.Backward(issues) { // the oldest first
		switch i.State {
		case digest.Draft, digest.Approved, digest.Published, digest.Sending, digest.Paused:
		default:
			continue
		}
		g, err := a.Desk.Glance(ctx, desk.Ref{Series: s.Slug, Number: i.Number})
		if err != nil {
			return nil, err
		}
		if all = append(all, a.currentOf(g, s, several)); len(all) == mostOpen {
			break
		}
	}
	return all, nil
}

// currentOf tells of an issue that is made or on its way.
func (a *Area) currentOf(g desk.Glance, s digest.Series, several bool) screen.CurrentIssue {
	slug := ""
	if several {
		slug = s.Slug
	}
	i := g.Issue
	current := screen.CurrentIssue{Series: s.Name, Title: i.Title, Sentence: g.Standing(a.Now())}
	at := func(p site.Page, number int) string { return a.Site().Desk(p, slug, number) }
	switch i.State {
	case digest.Draft:
		current.Facts = plural(i.Picks(), "pick", "picks")
		if i.Picks() == 0 {
			current.Facts = "No picks yet"
		}
		if g.ToFix > 0 {
			current.Facts += fmt.Sprintf(", %d to fix", g.ToFix)
		}
		current.Facts += "."
		switch {
		case g.Left > 0 && i.Picks() == 0:
			current.Go = screen.Link{Label: fmt.Sprintf("Read, %d left", g.Left), Address: at(site.ReadScreen, i.Number)}
		case g.Left > 0:
			current.Go = screen.Link{Label: fmt.Sprintf("Carry on reading, %d left", g.Left), Address: at(site.ReadScreen, i.Number)}
		default:
			current.Go = screen.Link{Label: "Arrange it", Address: at(site.ArrangeScreen, i.Number)}
		}
	default:
		current.Go = screen.Link{Label: "See how it goes out", Address: at(site.SendScreen, i.Number)}
	}
	return current
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// pastRows are issues that readers saw, as a list shows them.
func (a *Area) pastRows(c clock, s digest.Series, past []dispatch.PastIssue, several bool) (rows []screen.PastRow) {
	slug := ""
	if several {
		slug = s.Slug
	}
	for _, p := range past {
		row := screen.PastRow{Title: p.Title, Series: s.Name, Address: a.Site().Desk(site.PastIssue, slug, p.Number), Date: c.day(p.PublishedAt)}
		if p.State != digest.Sent {
			row.State = string(p.State)
		}
		if p.Sent+p.Refused+p.Doubt > 0 {
			row.Sent, row.Refused, row.Left = fmt.Sprint(p.Sent), fmt.Sprint(p.Refused), fmt.Sprint(p.Left)
		}
		rows = append(rows, row)
	}
	return rows
}

// mostListed is how many issues a page of the list has.
const mostListed = 50

// seriesOf finds the series that a page's query names, or the first.
func (a *Area) seriesOf(r *http.Request) (s digest.Series, all []digest.Series, err error) {
	if all, err = a.Read.SeriesList(r.Context()); err != nil || len(all) == 0 {
		return s, nil, err
	}
	slug := r.URL.Query().Get(site.SeriesQuery)
	for _, s := range all {
		if s.Slug == slug {
			return s, all, nil
		}
	}
	if slug != "" {
		return s, all, digest.Fail(digest.NotFound, "", "there is no series %q", frame.Cut(slug, 60)).Offer(digest.Act{Do: digest.ListIssues})
	}
	return all[0], all, nil
}

// pastIssues lists the issues of a series.
func (a *Area) pastIssues(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	s, all, err := a.seriesOf(r)
	if err != nil {
		return err
	}
	page := screen.Issues{}
	if len(all) == 0 {
		page.Begin = &screen.Link{Label: "Follow a blog", Address: a.Site().Path(site.SourceNew)}
		return a.Show(w, r, page)
	}
	several := len(all) > 1
	if several {
		for _, x := range all {
			page.Series = append(page.Series, screen.Link{Label: x.Name, Address: a.Site().Desk(site.IssuesList, x.Slug), Here: x.ID == s.ID})
		}
	}
	if page.Current, err = a.current(ctx, s, several); err != nil {
		return err
	}
	before := frame.Form{Values: r.URL.Query()}.Number("before")
	past, err := a.Past.List(ctx, s, int(max(before, 0)), mostListed+1)
	if err != nil {
		return err
	}
	if len(past) > mostListed {
		past = past[:mostListed]
		slug := ""
		if several {
			slug = s.Slug
		}
		address := a.Site().Desk(site.IssuesList, slug)
		joint := "?"
		if slug != "" {
			joint = "&"
		}
		page.Older = fmt.Sprintf("%s%sbefore=%d", address, joint, past[len(past)-1].Number)
	}
	page.Past = a.pastRows(clock{series: s, now: a.Now()}, s, past, several)
	return a.Show(w, r, page)
}

// pastIssue tells what became of an issue. One that is still being made has screens of
// its own.
func (a *Area) pastIssue(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	t, err := a.Past.Tell(r.Context(), ref)
	if err != nil {
		return err
	}
	i := t.Issue
	if i.PublishedAt.IsZero() && i.State != digest.Skipped && i.State != digest.Cancelled {
		http.Redirect(w, r, a.Site().Desk(site.ReadScreen, ref.Series, i.Number), http.StatusSeeOther)
		return nil
	}
	c := clock{series: t.Series, now: a.Now()}
	page := screen.Issue{Title: i.Title, History: a.Site().Desk(site.SendScreen, ref.Series, i.Number)}
	page.Sentence = desk.Glance{Issue: i, Series: t.Series}.Standing(c.now)
	if t.Sent+t.Refused+t.Doubt > 0 {
		page.Facts = []screen.Fact{{Name: "Sent", Value: fmt.Sprint(t.Sent)}, {Name: "Refused", Value: fmt.Sprint(t.Refused)},
			{Name: "Not known whether it arrived", Value: fmt.Sprint(t.Doubt)}, {Name: "Readers who left before the next one", Value: fmt.Sprint(t.Left)}}
	}
	counts, err := a.Bounces.Counts(r.Context(), i.ID)
	if err != nil {
		return err
	}
	page.Facts = append(page.Facts, returnedFacts(counts)...)
	if page.Returned, err = a.returned(r.Context(), c, bounce.Filter{IssueID: i.ID, Later: true}); err != nil {
		return err
	}
	people := frame.People(r.Context())
	for _, m := range t.Moves {
		page.Moves = append(page.Moves, screen.Fact{Name: c.at(m.At), Value: sentence(people.Name(m.By) + " " + people.Told(m.Words))})
	}
	for _, d := range t.Refusals {
		page.Refusals = append(page.Refusals, screen.Refusal{
			Email: d.Email, Address: a.Site().Path(site.ReaderPage, d.SubscriberID), State: string(d.State), Words: d.Outcome.Words(),
			Settle: a.SettleLinks(ref.Series, i, d.State, d.SubscriberID)})
	}
	if t.Sent+t.Refused+t.Doubt > 0 {
		page.ByDomain = a.byDomainAt(ref.Series, i.Number)
	}
	if page.ByDomain != "" && r.URL.Query().Get(byQuery) == "domain" {
		if page.Domains, err = a.domains(r.Context(), ref); err != nil {
			return err
		}
		page.ByDomain = ""
	}
	if t.Doubt > 0 {
		page.Settle = append(page.Settle, a.SettleLinks(ref.Series, i, subscribers.Uncertain, 0)...)
	}
	if t.Refused > 0 {
		page.Settle = append(page.Settle, a.SettleLinks(ref.Series, i, subscribers.Failed, 0)...)
	}
	if i.State.Public() {
		page.Public = a.Public.URL(site.Issue.At(t.Series.Place()), i.Number)
	}
	if i.State.To(digest.Withdrawn) {
		page.Withdraw = a.Site().Desk(site.WithdrawIssue, ref.Series, i.Number)
	}
	return a.Show(w, r, page)
}

// withdrawal says what it would mean to take an issue back.
func (a *Area) withdrawal(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	issue, counts, err := a.Desk.Withdrawal(r.Context(), ref)
	if err != nil {
		return err
	}
	return a.Show(w, r, screen.Consequence{
		Title: "Withdraw " + issue.Title, Button: "Withdraw it", Danger: true,
		Lines: []string{
			"It comes off the pages and the feed. Its address says from then on that it was withdrawn, and its number is never used again.",
			mailsOut(counts), "It cannot be undone.",
		},
		Hidden: []screen.Field{{Name: "version", Value: fmt.Sprint(issue.Version)}},
		Action: a.Site().Desk(site.WithdrawIssue, ref.Series, issue.Number),
		Back:   screen.Link{Label: "Leave it", Address: a.Site().Desk(site.PastIssue, ref.Series, issue.Number)},
	})
}

func (a *Area) withdraw(w http.ResponseWriter, r *http.Request) error {
	ref, err := frame.Issue(r)
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	if ref.Version = form.Number("version"); ref.Version == 0 {
		return digest.Fail(digest.Invalid, "Open the page that says what it means, and press its button.", "it is not said which issue is meant")
	}
	issue, err := a.Desk.Withdraw(r.Context(), frame.By(r), ref)
	if err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Desk(site.PastIssue, ref.Series, issue.Number), issue.Title+" is withdrawn.")
}

// mailsOut says how many mails no withdrawal can reach.
func mailsOut(c subscribers.Counts) string {
	out, waiting := c[subscribers.Delivered]+c[subscribers.Uncertain], c.Open()
	text := "No mail has gone out."
	if out > 0 {
		text = plural(out, "mail that went out stays with its reader.", "mails that went out stay with their readers.")
	}
	if waiting > 0 {
		text += " " + plural(waiting, "that waits is not sent.", "that wait are not sent.")
	}
	return text
}
