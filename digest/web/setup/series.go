package setup

import (
	"net/http"
	"strconv"
	"time"

	"postbag/digest"
	"postbag/digest/schedule"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

func formOf(f frame.Form) setup.Form {
	return setup.Form{
		Name: f.Text("name"), Number: f.Text("number"), Zone: f.Text("zone"),
		Publication: f.Text("publication"), Postal: f.Text("postal"),
		Plan: schedule.Plan{
			Every: schedule.Every(f.Get("every")), Weekday: time.Weekday(f.Number("weekday")), Date: int(f.Number("date")),
			At: f.Text("at"), Expr: f.Text("expr"),
		},
	}
}

func (a Area) series(w http.ResponseWriter, r *http.Request) error {
	if _, err := a.reach(r, setup.SeriesStep); err != nil {
		return err
	}
	form, err := a.Setup.Form(r.Context())
	if err != nil {
		return err
	}
	s, err := a.seriesScreen(r, form, nil)
	if err != nil {
		return err
	}
	return a.Show(w, r, s)
}

// saveSeries saves the series, or shows when a schedule falls due.
func (a Area) saveSeries(w http.ResponseWriter, r *http.Request) error {
	posted, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	form := formOf(posted)
	change, wrong := form.Check()
	show := posted.Get("do") == "show"
	if show && frame.IsPart(r) {
		return a.Parts(w, r, "", frame.Part{Screen: "setup-series", Name: "setup-words", Data: a.words(form)})
	}
	if len(wrong) == 0 && !show {
		if err := a.Setup.SetSeries(r.Context(), frame.By(r), change); err == nil {
			return a.Back(w, r, a.Site().Path(site.SetupMail), "The series is saved.")
		} else if digest.KindOf(err) != digest.Invalid && digest.KindOf(err) != digest.Conflict {
			return err
		} else {
			wrong[setup.NumberPart] = err // what is left to be wrong: a number that an issue has
		}
	}
	s, err := a.seriesScreen(r, form, wrong)
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return a.Refuse(w, r, s)
	}
	return a.Show(w, r, s)
}

// words says when issues go out, "" where the form does not tell.
func (a Area) words(form setup.Form) (out screen.SetupWords) {
	words, err := a.Setup.Words(form)
	if err != nil {
		return out
	}
	out.Sentence = words.Sentence
	for _, t := range words.Next {
		out.Next = append(out.Next, moment(t))
	}
	return out
}

func (a Area) seriesScreen(r *http.Request, form setup.Form, wrong map[string]error) (screen.SetupSeries, error) {
	at, err := a.reach(r, setup.SeriesStep)
	if err != nil {
		return screen.SetupSeries{}, err
	}
	mistake := func(part string) string {
		if wrong[part] == nil {
			return ""
		}
		return frame.Sentence(wrong[part])
	}
	first := at.Series.NextNumber
	if n, err := strconv.Atoi(form.Number); err == nil {
		first = n
	}
	sending := a.Setup.Sending()
	s := screen.SetupSeries{
		Setup:       a.around(at, setup.SeriesStep),
		Name:        screen.Field{Name: "name", Label: "Name of the series", Value: form.Name, Max: 200, Mistake: mistake(setup.NamePart), Hint: "With the number it is the title of an issue: “" + at.Series.TitleOf(first) + "”."},
		Number:      screen.Field{Name: "number", Label: "Number of the first issue", Value: form.Number, Max: 12, Mistake: mistake(setup.NumberPart), Hint: "Go on counting where you stopped, if there were issues before."},
		Publication: screen.Field{Name: "publication", Label: "Name on the masthead", Value: form.Publication, Max: 200, Mistake: mistake(setup.PublicationPart), Hint: "Whose readers write: mostly the blog’s own name."},
		Zone:        screen.Field{Name: "zone", Label: "Time zone", Value: form.Zone, Max: 100, Mistake: mistake(setup.ZonePart), Hint: "A name such as Europe/London or UTC."},
		Postal:      screen.Field{Name: "postal", Label: "Postal address in the footer of mails", Value: form.Postal, Max: 500, Hint: "Many countries ask for one in a mailing. It can follow later."},
		Weekday:     screen.Field{Name: "weekday", Label: "Day of the week", Type: "select", Options: weekdays(form.Plan.Weekday)},
		Date:        screen.Field{Name: "date", Label: "Day of the month", Value: strconv.Itoa(form.Plan.Date), Max: 2},
		At:          screen.Field{Name: "at", Label: "Time", Value: form.Plan.At, Type: "time"},
		Expr:        screen.Field{Name: "expr", Label: "As I write it", Value: form.Plan.Expr, Max: 200, Hint: "Minute, hour, day, month and day of the week: “0 18 * * 0” is Sunday 18:00."},

		ScheduleMistake: mistake(setup.SchedulePart),
		Words:           a.words(form),
		From:            sending.From, FromMade: sending.FromMade, ReplyTo: sending.ReplyTo,
	}
	for _, every := range []schedule.Every{schedule.EveryWeek, schedule.EveryMonth, schedule.EveryDay, schedule.AsWritten} {
		s.Every = append(s.Every, screen.Option{Value: string(every), Chosen: form.Plan.Every == every})
	}
	return s, nil
}

func weekdays(chosen time.Weekday) (all []screen.Option) {
	for i := range 7 {
		day := time.Weekday((i + 1) % 7) // a week begins on Monday
		all = append(all, screen.Option{Value: strconv.Itoa(int(day)), Label: day.String(), Chosen: day == chosen})
	}
	return all
}
