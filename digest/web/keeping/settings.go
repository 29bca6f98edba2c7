package keeping

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/schedule"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// plan asks when issues go out; names are those of its fields.
func planForm(p schedule.Plan, mistake error) screen.PlanForm {
	option := func(value, label string, chosen bool) screen.Option {
		return screen.Option{Value: value, Label: label, Chosen: chosen}
	}
	f := screen.PlanForm{
		Every: screen.Field{Name: "every", Label: "How often", Type: "select", Options: []screen.Option{
			option("week", "every week", p.Every == schedule.EveryWeek), option("month", "every month", p.Every == schedule.EveryMonth),
			option("day", "every day", p.Every == schedule.EveryDay), option("other", "by the schedule written below", p.Every == schedule.AsWritten)}},
		Weekday: screen.Field{Name: "weekday", Label: "Of every week: on", Type: "select"},
		Date:    screen.Field{Name: "date", Label: "Of every month: on the", Type: "select"},
		At:      screen.Field{Name: "at", Label: "At", Value: p.At, Hint: "Hours and minutes, such as 18:00."},
		Expr:    screen.Field{Name: "schedule", Label: "The schedule", Value: p.Expr, Hint: "Minute, hour, day of the month, month and day of the week: “0 18 * * 1,4” is Monday and Thursday at 18:00."},
	}
	for day := range 7 {
		weekday := time.Weekday((day + 1) % 7)
		f.Weekday.Options = append(f.Weekday.Options, option(strconv.Itoa(int(weekday)), weekday.String(), weekday == p.Weekday))
	}
	for date := 1; date <= 28; date++ {
		f.Date.Options = append(f.Date.Options, option(strconv.Itoa(date), strconv.Itoa(date)+".", date == p.Date))
	}
	if mistake != nil {
		at := &f.At
		if p.Every == schedule.AsWritten {
			at = &f.Expr
		}
		at.Mistake = frame.Sentence(mistake)
	}
	return f
}

// planOf reads what was typed of a plan.
func planOf(form frame.Form) schedule.Plan {
	return schedule.Plan{Every: schedule.Every(form.Text("every")), Weekday: time.Weekday(form.Number("weekday")), Date: int(form.Number("date")),
		At: form.Text("at"), Expr: form.Text("schedule")}
}

// inWords adds a schedule in words to its form, as it is stored.
func inWords(f *screen.PlanForm, s digest.Series, now time.Time) {
	words, err := schedule.InWords(s.Schedule, s.Zone, now)
	if err != nil {
		f.Words = frame.Sentence(err)
		return
	}
	f.Words = "Goes out " + words.Sentence + " (" + s.Zone + ")"
	for _, at := range words.Next {
		f.Moments = append(f.Moments, at.Format("Monday 2 January, 15:04"))
	}
}

// deadlineField asks what happens with an issue that nobody approves in time.
func deadlineField(chosen digest.DeadlineRule) screen.Field {
	f := screen.Field{Name: "deadline", Label: "If nobody approves it in time", Type: "select", Value: string(chosen)}
	for _, rule := range digest.DeadlineRules() {
		f.Options = append(f.Options, screen.Option{Value: string(rule), Label: rule.Words(), Chosen: rule == chosen})
	}
	return f
}

// seriesForm is the form of a series as it is stored.
func (a *Area) seriesForm(ctx context.Context, s digest.Series) (screen.SeriesForm, error) {
	f := screen.SeriesForm{
		Name: s.Name, Slug: s.Slug, Action: a.Site().Path(site.SettingsPage), Public: a.Public.URL(site.Home.At(s.Place())),
		Suggest: a.Site().Desk(site.SuggestPage, s.Slug),
		Fields: []screen.Field{
			{Name: "name", Label: "Its name", Value: s.Name, Required: true},
			{Name: "title", Label: "Titles of issues", Value: s.Title, Hint: "{name} and {number} are filled in.", Required: true},
			{Name: "number", Label: "The number of the next issue", Value: strconv.Itoa(s.NextNumber), Type: "number", Required: true},
			{Name: "zone", Label: "Its zone", Value: s.Zone, Hint: "Such as Europe/London.", Required: true},
			deadlineField(s.Deadline),
			{Name: "at-least", Label: "How many picks it needs to go out unapproved", Value: strconv.Itoa(max(s.AtLeast, 1)), Type: "number", Hint: "Where what is picked goes out."},
		},
		Plan: planForm(schedule.PlanOf(s.Schedule), nil),
	}
	from := a.Now()
	issues, err := a.Desk.Issues(ctx, s.Slug, mostOpen)
	if err != nil {
		return f, err
	}
	for _, i := range issues { // what is being made goes out first
		if i.State == digest.Draft && i.DueAt.After(from) {
			from = i.DueAt.Add(-time.Minute)
		}
	}
	inWords(&f.Plan, s, from)
	for _, field := range f.Fields {
		f.Was = append(f.Was, screen.Hidden{Name: field.Name, Value: field.Value})
	}
	f.Was = append(f.Was, screen.Hidden{Name: "schedule", Value: s.Schedule})
	blogs, err := a.Blogs.List(ctx)
	if err != nil {
		return f, err
	}
	of, err := a.Desk.SourcesOf(ctx, s.ID)
	if err != nil || len(blogs) < 2 {
		return f, err
	}
	for _, b := range blogs {
		f.Blogs = append(f.Blogs, screen.Tick{Name: "source", Value: fmt.Sprint(b.ID), Label: b.Name, On: slices.Contains(of, b.ID)})
	}
	f.Was = append(f.Was, screen.Hidden{Name: "sources", Value: ids(of)})
	return f, nil
}

func ids(of []int64) string {
	words := make([]string, len(of))
	for i, id := range of {
		words[i] = fmt.Sprint(id)
	}
	return strings.Join(words, " ")
}

// publicationFields are the fields of what all series share, with the columns.
func publicationFields(p digest.Publication) []screen.Field {
	return []screen.Field{
		{Name: "masthead", Label: "The name on the masthead", Value: p.Name, Required: true},
		{Name: "home", Label: "The blog’s home page", Value: p.HomeURL, Autocomplete: "url"},
		{Name: "language", Label: "The language of issues", Value: p.Language, Hint: "A tag such as en, en-GB or de."},
		{Name: "address", Label: "The postal address in the footer of mails", Value: p.PostalAddress, Type: "textarea", Rows: 3, Hint: "Many countries ask one of a mailing."},
		{Name: "watch", Label: "The watch list", Value: p.WatchList, Type: "textarea", Hint: "Names of people that no issue should have unseen, one a line."},
		{Name: "glossary", Label: "The glossary", Value: p.Glossary, Type: "textarea", Hint: "Abbreviations that readers know, one a line; what follows a colon explains one."},
		{Name: "separator", Label: "What stands between picks", Type: "select", Value: string(p.Separator), Options: separators(p.Separator)},
	}
}

// separators are the choices of what stands between picks.
func separators(chosen digest.Separator) (all []screen.Option) {
	labels := map[digest.Separator]string{digest.Hairline: "a hairline", digest.Asterisks: "*******"}
	for _, s := range digest.Separators() {
		all = append(all, screen.Option{Value: string(s), Label: labels[s], Chosen: s == chosen})
	}
	return all
}

// settingsPage is the page as everything is stored.
func (a *Area) settingsPage(r *http.Request) (page screen.Settings, err error) {
	ctx := r.Context()
	page = screen.Settings{Action: a.Site().Path(site.SettingsPage), NewSeries: a.Site().Path(site.SeriesNew), Process: a.Process,
		MayChange: frame.Editor(r).Role.May(digest.OwnerRole)}
	pub, err := a.Read.Publication(ctx)
	if err != nil {
		return page, err
	}
	page.Publication = publicationFields(pub)
	all, err := a.Read.SeriesList(ctx)
	if err != nil {
		return page, err
	}
	for _, s := range all {
		f, err := a.seriesForm(ctx, s)
		if err != nil {
			return page, err
		}
		page.Series = append(page.Series, f)
	}
	return page, nil
}

func (a *Area) settings(w http.ResponseWriter, r *http.Request) error {
	page, err := a.settingsPage(r)
	if err != nil {
		return err
	}
	unique(&page)
	return a.Show(w, r, page)
}

// unique gives the fields of several forms on one page ids of their own; the names that
// are sent stay.
func unique(page *screen.Settings) {
	if len(page.Series) < 2 {
		return
	}
	for i := range page.Series {
		s := &page.Series[i]
		for _, f := range []*screen.Field{&s.Plan.Every, &s.Plan.Weekday, &s.Plan.Date, &s.Plan.At, &s.Plan.Expr} {
			f.Name += "." + s.Slug
		}
		for j := range s.Fields {
			s.Fields[j].Name += "." + s.Slug
		}
		for j := range s.Blogs {
			s.Blogs[j].Name += "." + s.Slug
		}
	}
}

// saveSettings saves one of the page's forms.
func (a *Area) saveSettings(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	if form.Is("publication") {
		return a.savePublication(w, r, form)
	}
	return a.saveSeries(w, r, own(form))
}

// own takes the slug of a series off the names of its fields.
func own(form frame.Form) frame.Form {
	out := frame.Form{Values: map[string][]string{}}
	suffix := "." + form.Text("series")
	for name, values := range form.Values {
		out.Values[strings.TrimSuffix(name, suffix)] = values
	}
	return out
}

// savePublication saves what was typed otherwise than it was shown.
func (a *Area) savePublication(w http.ResponseWriter, r *http.Request, form frame.Form) error {
	ctx := r.Context()
	if !frame.Editor(r).Role.May(digest.OwnerRole) {
		return digest.Fail(digest.Forbidden, "Ask an owner of this desk.", "only owners may change what all series share")
	}
	pub, err := a.Read.Publication(ctx)
	if err != nil {
		return err
	}
	var s desk.Settings
	typed := publicationFields(pub)
	for i, to := range []**string{&s.Publication, &s.HomeURL, &s.Language, &s.PostalAddress, &s.WatchList, &s.Glossary} {
		value := strings.ReplaceAll(form.Get(typed[i].Name), "\r\n", "\n")
		if _, sent := form.Values[typed[i].Name]; sent && strings.TrimSpace(value) != typed[i].Value {
			*to = &value
			typed[i].Value = value
		}
	}
	if value := digest.Separator(form.Get("separator")); value != "" && value != pub.Separator {
		s.Separator = &value
		typed[6].Options = separators(value)
	}
	if s == (desk.Settings{}) {
		return a.Back(w, r, a.Site().Path(site.SettingsPage), "Nothing was changed.")
	}
	all, err := a.Read.SeriesList(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return digest.Fail(digest.Conflict, "The first blog brings a series.", "there is no series yet").Offer(digest.Act{Do: digest.AddSource})
	}
	_, err = a.Desk.Set(ctx, frame.By(r), all[0].Slug, s)
	if digest.KindOf(err) == digest.Invalid && err != nil {
		return a.refuseSettings(w, r, err, func(page *screen.Settings) *screen.Field {
			page.Publication = typed
			return &page.Publication[firstOf(s.Publication != nil && strings.TrimSpace(*s.Publication) == "", s.Language != nil && strings.Contains(err.Error(), "language"), s.HomeURL != nil, s.Separator != nil)]
		})
	}
	if err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.SettingsPage), "Saved.")
}

// firstOf gives the field of the publication that an error is about.
func firstOf(name, language, home, separator bool) int {
	switch {
	case name:
		return 0
	case language:
		return 2
	case home:
		return 1
	case separator:
		return 6
	}
	return 3
}

// refuseSettings shows the page again with what was typed, and what is wrong with it.
func (a *Area) refuseSettings(w http.ResponseWriter, r *http.Request, mistake error, fill func(*screen.Settings) *screen.Field) error {
	page, err := a.settingsPage(r)
	if err != nil {
		return err
	}
	wrong := fill(&page)
	wrong.Mistake = frame.Sentence(mistake)
	unique(&page)
	page.Mistakes = []screen.Field{*wrong}
	return a.Refuse(w, r, page)
}

// saveSeries saves what was typed otherwise than it was shown, so that two who change
// different things lose nothing. Of what somebody changed meanwhile, and this form
// changes too, it tells.
func (a *Area) saveSeries(w http.ResponseWriter, r *http.Request, form frame.Form) error {
	ctx := r.Context()
	slug := form.Text("series")
	series, err := a.Desk.Series(ctx, slug)
	if err != nil || slug == "" {
		if slug == "" {
			err = digest.Fail(digest.Invalid, "Send it again from the page.", "it is not said which series is meant")
		}
		return err
	}
	is, err := a.seriesForm(ctx, series)
	if err != nil {
		return err
	}
	var s desk.Settings
	typed := slices.Clone(is.Fields)
	var meanwhile []string
	differs := func(name, value, stored string) bool {
		was := form.Get("was-" + name)
		if _, sent := form.Values[name]; !sent || value == was {
			return false // it was not changed here
		}
		if stored != was && stored != value {
			meanwhile = append(meanwhile, stored)
		}
		return value != stored
	}
	for i := range typed {
		f := &typed[i]
		value := form.Text(f.Name)
		if !differs(f.Name, value, f.Value) {
			continue
		}
		f.Value = value
		switch f.Name {
		case "name":
			s.Name = &value
		case "title":
			s.Title = &value
		case "zone":
			s.Zone = &value
		case "deadline":
			*f, s.Deadline = deadlineField(digest.DeadlineRule(value)), &value
		case "number", "at-least":
			n, err := strconv.Atoi(value)
			if err != nil {
				return a.refuseSeries(w, r, series, typed, planOf(form), f.Name, digest.Fail(digest.Invalid, "Write digits.", "%q is no number", frame.Cut(value, 40)))
			}
			to := &s.NextNumber
			if f.Name == "at-least" {
				to = &s.AtLeast
			}
			*to = &n
		}
	}
	plan := planOf(form)
	if form.Is("every") {
		expr, err := plan.Cron()
		if err != nil {
			return a.refuseSeries(w, r, series, typed, plan, "plan", err)
		}
		form.Set("schedule", expr)
		if expr != series.Schedule && !sameMoments(expr, form.Get("was-schedule")) && differs("schedule", expr, series.Schedule) {
			s.Schedule = &expr
		}
	}
	if len(is.Blogs) > 0 {
		chosen := form.Numbers("source")
		slices.Sort(chosen)
		if ids(chosen) != form.Get("was-sources") {
			s.Sources = &chosen
		}
	}
	if len(meanwhile) > 0 {
		return digest.Fail(digest.Conflict, "Open the settings again, look, and save what is still to be changed.",
			"somebody changed this meanwhile: it is %q now", frame.Cut(strings.Join(meanwhile, "”, “"), 200))
	}
	if s == (desk.Settings{}) {
		return a.Back(w, r, a.Site().Path(site.SettingsPage), "Nothing was changed.")
	}
	done, err := a.Desk.Set(ctx, frame.By(r), series.Slug, s)
	if kind := digest.KindOf(err); err != nil && (kind == digest.Invalid || kind == digest.Conflict) {
		at := "name"
		switch {
		case s.Schedule != nil && strings.Contains(err.Error(), "schedule"):
			at = "plan"
		case s.Zone != nil && strings.Contains(err.Error(), "zone"):
			at = "zone"
		case s.Title != nil && strings.Contains(err.Error(), "title"):
			at = "title"
		case s.NextNumber != nil && strings.Contains(err.Error(), "number"):
			at = "number"
		case s.Deadline != nil && strings.Contains(err.Error(), "rule"):
			at = "deadline"
		case s.AtLeast != nil && strings.Contains(err.Error(), "picks"):
			at = "at-least"
		}
		return a.refuseSeries(w, r, series, typed, plan, at, err)
	}
	if err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.SettingsPage), "Saved."+followed(done))
}

// sameMoments tells whether two expressions are one, however they are written.
func sameMoments(a, b string) bool {
	if a == b {
		return true
	}
	p := schedule.PlanOf(b)
	again, err := p.Cron()
	return err == nil && p.Every != schedule.AsWritten && again == a
}

// followed says what became of the open draft.
func followed(done desk.Changed) string {
	was, is := done.Was, done.Draft
	switch {
	case was.ID == 0:
		return ""
	case was.Number != is.Number:
		return fmt.Sprintf(" The open draft was %s and is %s.", was.Title, is.Title)
	case !was.DueAt.Equal(is.DueAt):
		return fmt.Sprintf(" %s moves: it is due %s.", is.Title, desk.Moment(done.Series, is.DueAt))
	}
	return ""
}

func (a *Area) refuseSeries(w http.ResponseWriter, r *http.Request, series digest.Series, typed []screen.Field, plan schedule.Plan, at string, mistake error) error {
	return a.refuseSettings(w, r, mistake, func(page *screen.Settings) *screen.Field {
		for i := range page.Series {
			s := &page.Series[i]
			if s.Slug != series.Slug {
				continue
			}
			words, moments := s.Plan.Words, s.Plan.Moments
			s.Fields = typed
			s.Plan = planForm(plan, nil)
			s.Plan.Words, s.Plan.Moments = words, moments
			if at == "plan" {
				if plan.Every == schedule.AsWritten {
					return &s.Plan.Expr
				}
				return &s.Plan.At
			}
			for j := range s.Fields {
				if s.Fields[j].Name == at {
					return &s.Fields[j]
				}
			}
		}
		return &page.Publication[0]
	})
}

// newSeriesPage is the form for a further series.
func (a *Area) newSeriesPage(ctx context.Context, n desk.NewSeries, number string, plan schedule.Plan) (page screen.SeriesNew, err error) {
	page = screen.SeriesNew{Action: a.Site().Path(site.SeriesNew), Back: a.Site().Path(site.SettingsPage),
		Fields: []screen.Field{
			{Name: "name", Label: "Its name", Value: n.Name, Hint: "Such as “Month in Comments”.", Required: true},
			{Name: "slug", Label: "What it is called in addresses", Value: n.Slug, Hint: "Letters, digits and hyphens; made of the name if you leave this empty. It stays."},
			{Name: "number", Label: "The number of its first issue", Value: number, Type: "number", Required: true},
			{Name: "title", Label: "Titles of issues", Value: n.Title, Hint: "{name} and {number} are filled in.", Required: true},
			{Name: "zone", Label: "Its zone", Value: n.Zone, Hint: "Such as Europe/London.", Required: true},
		}, Plan: planForm(plan, nil)}
	blogs, err := a.Blogs.List(ctx)
	for _, b := range blogs {
		if len(blogs) > 1 {
			page.Blogs = append(page.Blogs, screen.Tick{Name: "source", Value: fmt.Sprint(b.ID), Label: b.Name, On: len(n.Sources) == 0 || slices.Contains(n.Sources, b.ID)})
		}
	}
	return page, err
}

func (a *Area) seriesForms(w http.ResponseWriter, r *http.Request) error {
	c, err := a.clock(r.Context())
	if err != nil {
		return err
	}
	page, err := a.newSeriesPage(r.Context(), desk.NewSeries{Title: digest.DefaultSeriesTitle, Zone: c.series.Zone}, "1", schedule.PlanOf("0 18 1 * *"))
	if err != nil {
		return err
	}
	return a.Show(w, r, page)
}

// addSeries makes a further series.
func (a *Area) addSeries(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	n := desk.NewSeries{Name: form.Text("name"), Slug: form.Text("slug"), Title: form.Text("title"), Zone: form.Text("zone"), Sources: form.Numbers("source")}
	plan := planOf(form)
	at := "plan"
	n.Schedule, err = plan.Cron()
	if err == nil {
		_, err = schedule.Parse(n.Schedule, "UTC")
	}
	if err == nil {
		at = "number"
		if n.FirstNumber, err = strconv.Atoi(form.Text("number")); err != nil || n.FirstNumber < 1 {
			err = digest.Fail(digest.Invalid, "Issues count from 1.", "%q cannot be an issue's number", frame.Cut(form.Text("number"), 40))
		}
	}
	var added digest.Series
	if err == nil {
		at = "name"
		added, err = a.Desk.AddSeries(r.Context(), frame.By(r), n)
		if err != nil && digest.KindOf(err) == digest.Invalid {
			switch {
			case strings.Contains(err.Error(), "short name"):
				at = "slug"
			case strings.Contains(err.Error(), "zone"):
				at = "zone"
			case strings.Contains(err.Error(), "title"):
				at = "title"
			}
		}
	}
	if kind := digest.KindOf(err); err != nil && (kind == digest.Invalid || kind == digest.Conflict || kind == digest.NotFound) {
		page, perr := a.newSeriesPage(r.Context(), n, form.Text("number"), plan)
		if perr != nil {
			return perr
		}
		wrong := &page.Fields[0]
		for i := range page.Fields {
			if page.Fields[i].Name == at {
				wrong = &page.Fields[i]
			}
		}
		if at == "plan" {
			if wrong = &page.Plan.At; plan.Every == schedule.AsWritten {
				wrong = &page.Plan.Expr
			}
		}
		wrong.Mistake = frame.Sentence(err)
		page.Mistakes = []screen.Field{*wrong}
		return a.Refuse(w, r, page)
	}
	if err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.SettingsPage), fmt.Sprintf("%s is made. Its first issue is %s.", added.Name, added.TitleOf(added.NextNumber)))
}
