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
	f.Was = append(frame.Was(f.Fields...), screen.Hidden{Name: frame.WasPrefix + "schedule", Value: s.Schedule})
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
	f.Was = append(f.Was, screen.Hidden{Name: frame.WasPrefix + "sources", Value: ids(of)})
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
	page.Was = frame.Was(page.Publication...)
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

// triesToSave is how often a form is looked at anew because somebody else saved between
// reading what is stored and saving.
const triesToSave = 4

// savePublication saves what was typed otherwise than its page showed it, so that two who
// change different things lose nothing. What somebody changed meanwhile, and this form
// changes too, is told beside its field, and stays in it.
func (a *Area) savePublication(w http.ResponseWriter, r *http.Request, form frame.Form) error {
	ctx := r.Context()
	if !frame.Editor(r).Role.May(digest.OwnerRole) {
		return digest.Fail(digest.Forbidden, "Ask an owner of this desk.", "only owners may change what all series share")
	}
	for i := 1; ; i++ {
		pub, err := a.Read.Publication(ctx)
		if err != nil {
			return err
		}
		separator := pub.Separator
		s := desk.Settings{Was: &desk.Settings{Publication: &pub.Name, HomeURL: &pub.HomeURL, Language: &pub.Language, PostalAddress: &pub.PostalAddress,
			WatchList: &pub.WatchList, Glossary: &pub.Glossary, Separator: &separator}}
		typed, changed, collided := merged(form, publicationFields(pub))
		for name, to := range map[string]**string{"masthead": &s.Publication, "home": &s.HomeURL, "language": &s.Language, "address": &s.PostalAddress,
			"watch": &s.WatchList, "glossary": &s.Glossary} {
			if value, is := changed[name]; is {
				*to = &value
			}
		}
		if value, is := changed["separator"]; is {
			chosen := digest.Separator(value)
			s.Separator = &chosen
		}
		all, err := a.Read.SeriesList(ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			return digest.Fail(digest.Conflict, "The first blog brings a series.", "there is no series yet").Offer(digest.Act{Do: digest.AddSource})
		}
		if !s.IsEmpty() {
			_, err = a.Desk.Set(ctx, frame.By(r), all[0].Slug, s)
		}
		kind := digest.KindOf(err)
		switch {
		case err != nil && kind == digest.Conflict && i < triesToSave:
			continue
		case err != nil && kind == digest.Invalid:
			at := firstOf(s.Publication != nil && strings.TrimSpace(*s.Publication) == "", s.Language != nil && strings.Contains(err.Error(), "language"), s.HomeURL != nil, s.Separator != nil)
			typed[at].Mistake = frame.Sentence(err)
			return a.settingsAgain(w, r, http.StatusUnprocessableEntity, func(page *screen.Settings) { page.Publication = typed }, typed...)
		case err != nil:
			return err
		case collided:
			return a.settingsAgain(w, r, http.StatusConflict, func(page *screen.Settings) { page.Publication = typed }, typed...)
		}
		return a.Back(w, r, a.Site().Path(site.SettingsPage), saved(s.IsEmpty()))
	}
}

// saved says what became of a form.
func saved(isEmpty bool) string {
	if isEmpty {
		return "Nothing was changed."
	}
	return "Saved."
}

// merged gives fields as they are stored with what a form changes of them, by their names.
// One that collides keeps what was typed, and says what somebody else made of it.
func merged(form frame.Form, stored []screen.Field) (fields []screen.Field, changed map[string]string, collided bool) {
	fields, changed = slices.Clone(stored), map[string]string{}
	for i := range fields {
		f := &fields[i]
		typed, fate := form.Fate(f.Name, f.Shown())
		switch fate {
		case frame.Stays:
			continue
		case frame.Collides:
			f.Mistake, collided = frame.Theirs(f.InWords()), true
		case frame.Changes:
			changed[f.Name] = typed
		}
		f.Choose(typed)
	}
	return fields, changed, collided
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

// settingsAgain shows the page again with what was typed, and what is wrong with it.
func (a *Area) settingsAgain(w http.ResponseWriter, r *http.Request, status int, fill func(*screen.Settings), typed ...screen.Field) error {
	page, err := a.settingsPage(r)
	if err != nil {
		return err
	}
	fill(&page)
	unique(&page)
	page.Mistakes = screen.Mistakes(typed...)
	return a.ShowAs(w, r, status, page)
}

// seriesChange is what a form changes of a series.
type seriesChange struct {
	set    desk.Settings
	fields []screen.Field // as stored, with what was typed
	// plan is the schedule that was typed; nil where it stays.
	plan     *schedule.Plan
	planned  string // what somebody else made of it meanwhile
	collided bool
}

// changeOf reads what a form changes of a series as it is stored. The error is of kind
// Invalid, and about the field at.
func (a *Area) changeOf(form frame.Form, series digest.Series, is screen.SeriesForm, of []int64) (c seriesChange, at string, err error) {
	deadline := string(series.Deadline)
	s := &c.set
	s.Was = &desk.Settings{Name: &series.Name, Title: &series.Title, Zone: &series.Zone, Schedule: &series.Schedule,
		NextNumber: &series.NextNumber, Deadline: &deadline, AtLeast: &series.AtLeast}
	var changed map[string]string
	c.fields, changed, c.collided = merged(form, is.Fields)
	for name, to := range map[string]**string{"name": &s.Name, "title": &s.Title, "zone": &s.Zone, "deadline": &s.Deadline} {
		if value, is := changed[name]; is {
			*to = &value
		}
	}
	if form.Is("every") {
		plan := planOf(form)
		expr, wrong := plan.Cron()
		was := form.Text("was-schedule")
		switch {
		case wrong != nil:
			c.plan, at, err = &plan, "plan", wrong
		case expr == series.Schedule || sameMoments(expr, was):
		case series.Schedule != was && !sameMoments(series.Schedule, was):
			c.plan, c.collided = &plan, true
			c.planned = frame.Theirs(is.Plan.Words)
		default:
			c.plan, s.Schedule = &plan, &expr
		}
	}
	for name, to := range map[string]**int{"number": &s.NextNumber, "at-least": &s.AtLeast} {
		value, is := changed[name]
		if !is {
			continue
		}
		n, wrong := strconv.Atoi(value)
		if wrong != nil {
			at, err = name, digest.Fail(digest.Invalid, "Write digits.", "%q is no number", frame.Cut(value, 40))
			continue
		}
		*to = &n
	}
	if len(is.Blogs) > 0 {
		s.Sources = ticked(form, of)
	}
	return c, at, err
}

// ticked gives the blogs of a series with what a form ticks otherwise than its page showed
// it; nil where it does not.
func ticked(form frame.Form, stored []int64) *[]int64 {
	chosen, was := form.Numbers("source"), frame.Form{Values: map[string][]string{"was": strings.Fields(form.Get("was-sources"))}}.Numbers("was")
	next := slices.DeleteFunc(slices.Clone(stored), func(id int64) bool { return slices.Contains(was, id) && !slices.Contains(chosen, id) })
	for _, id := range chosen {
		if !slices.Contains(was, id) && !slices.Contains(next, id) {
			next = append(next, id)
		}
	}
	slices.Sort(next)
	if ids(next) == ids(stored) {
		return nil
	}
	return &next
}

// saveSeries saves what was typed otherwise than its page showed it, so that two who
// change different things lose nothing. What somebody changed meanwhile, and this form
// changes too, is told beside its field, and stays in it.
func (a *Area) saveSeries(w http.ResponseWriter, r *http.Request, form frame.Form) error {
	ctx := r.Context()
	slug := form.Text("series")
	if slug == "" {
		return digest.Fail(digest.Invalid, "Send it again from the page.", "it is not said which series is meant")
	}
	for i := 1; ; i++ {
		series, err := a.Desk.Series(ctx, slug)
		if err != nil {
			return err
		}
		is, err := a.seriesForm(ctx, series)
		if err != nil {
			return err
		}
		of, err := a.Desk.SourcesOf(ctx, series.ID)
		if err != nil {
			return err
		}
		c, at, err := a.changeOf(form, series, is, of)
		if err != nil {
			return a.refuseSeries(w, r, series, c, at, err)
		}
		var done desk.Changed
		if !c.set.IsEmpty() {
			done, err = a.Desk.Set(ctx, frame.By(r), series.Slug, c.set)
		}
		kind := digest.KindOf(err)
		switch {
		case err != nil && kind == digest.Conflict && i < triesToSave:
			continue
		case err != nil && (kind == digest.Invalid || kind == digest.Conflict):
			return a.refuseSeries(w, r, series, c, mistaken(c.set, err), err)
		case err != nil:
			return err
		case c.collided:
			return a.seriesAgain(w, r, http.StatusConflict, series, c, "", "")
		}
		return a.Back(w, r, a.Site().Path(site.SettingsPage), saved(c.set.IsEmpty())+followed(done))
	}
}

// mistaken names the field of a series that an error is about.
func mistaken(s desk.Settings, err error) string {
	switch {
	case s.Schedule != nil && strings.Contains(err.Error(), "schedule"):
		return "plan"
	case s.Zone != nil && strings.Contains(err.Error(), "zone"):
		return "zone"
	case s.Title != nil && strings.Contains(err.Error(), "title"):
		return "title"
	case s.NextNumber != nil && strings.Contains(err.Error(), "number"):
		return "number"
	case s.Deadline != nil && strings.Contains(err.Error(), "rule"):
		return "deadline"
	case s.AtLeast != nil && strings.Contains(err.Error(), "picks"):
		return "at-least"
	}
	return "name"
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

func (a *Area) refuseSeries(w http.ResponseWriter, r *http.Request, series digest.Series, c seriesChange, at string, mistake error) error {
	return a.seriesAgain(w, r, http.StatusUnprocessableEntity, series, c, at, frame.Sentence(mistake))
}

// seriesAgain shows the page again with what was typed of a series, and what is wrong with
// it: with the field at, and where somebody else changed the same.
func (a *Area) seriesAgain(w http.ResponseWriter, r *http.Request, status int, series digest.Series, c seriesChange, at, mistake string) error {
	page, err := a.settingsPage(r)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(page.Series, func(s screen.SeriesForm) bool { return s.Slug == series.Slug })
	if i < 0 {
		return digest.Fail(digest.NotFound, "", "the series %s is no more", series.Name)
	}
	s := &page.Series[i]
	s.Fields = c.fields
	for j := range s.Fields {
		if f := &s.Fields[j]; f.Name == at {
			f.Mistake = mistake
		}
	}
	planned := c.planned
	if at == "plan" {
		planned = mistake
	}
	if c.plan != nil {
		words, moments := s.Plan.Words, s.Plan.Moments
		s.Plan = planForm(*c.plan, nil)
		s.Plan.Words, s.Plan.Moments = words, moments
	}
	if s.Plan.At.Mistake = planned; c.plan != nil && c.plan.Every == schedule.AsWritten {
		s.Plan.At.Mistake, s.Plan.Expr.Mistake = "", planned
	}
	if c.set.Sources != nil {
		for j := range s.Blogs {
			id, _ := strconv.ParseInt(s.Blogs[j].Value, 10, 64)
			s.Blogs[j].On = slices.Contains(*c.set.Sources, id)
		}
	}
	unique(&page)
	page.Mistakes = screen.Mistakes(append(slices.Clone(s.Fields), s.Plan.At, s.Plan.Expr)...)
	return a.ShowAs(w, r, status, page)
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
