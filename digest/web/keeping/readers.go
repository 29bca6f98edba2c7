package keeping

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/listfile"
	"postbag/subscribers/roster"
	"postbag/templates/screen"
)

// readersPage is how many readers a page of the list has.
const readersPage = 50

// stateNames say the states of readers, and wanting what they want.
var (
	stateNames = map[subscribers.State]string{
		subscribers.Active: "active", subscribers.Pending: "not confirmed", subscribers.Unsubscribed: "left",
		subscribers.Bounced: "refused by their server", subscribers.Complained: "complained",
	}
	wanting = map[subscribers.Frequency]string{subscribers.Every: "every issue", subscribers.Monthly: "the month’s last"}
)

// readers shows a page of the list.
func (a *Area) readers(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q := frame.Form{Values: r.URL.Query()}
	filter := roster.Filter{State: subscribers.State(q.Text("state")), Text: frame.Cut(q.Text("q"), 200)}
	if _, known := stateNames[filter.State]; filter.State != "" && !known {
		return digest.Fail(digest.NotFound, "", "there is no such state of readers")
	}
	c, err := a.clock(ctx)
	if err != nil {
		return err
	}
	after := max(q.Number("after"), 0)
	found, err := a.Readers.List(ctx, filter, after, readersPage)
	if err != nil {
		return err
	}
	page := screen.Readers{
		Action: a.Site().Path(site.ReadersList), State: string(filter.State), Search: filter.Text, Partly: found.Partly,
		New: a.Site().Path(site.ReaderNew),
	}
	if frame.Editor(r).Role.May(digest.OwnerRole) {
		page.Import = a.Site().Path(site.ReaderImport)
		page.Export = a.Site().Path(site.ReaderExport) + "?" + url.Values{"state": {string(filter.State)}}.Encode()
	}
	at := func(after int64) string {
		values := url.Values{}
		for name, value := range map[string]string{"state": string(filter.State), "q": filter.Text} {
			if value != "" {
				values.Set(name, value)
			}
		}
		if after != 0 {
			values.Set("after", fmt.Sprint(after))
		}
		return page.Action + "?" + values.Encode()
	}
	if after != 0 {
		page.First = at(0)
	}
	if found.Next != 0 {
		page.Next = at(found.Next)
	}
	if page.States, err = a.stateLinks(ctx, filter.State); err != nil {
		return err
	}
	for _, s := range found.Readers {
		row := screen.ReaderRow{Email: s.Email, Address: a.Site().Path(site.ReaderPage, s.ID), Name: s.Name, State: stateNames[s.State], Wants: wanting[s.Frequency]}
		switch {
		case !s.LeftAt.IsZero():
			row.Since = c.day(s.LeftAt)
		case !s.ConfirmedAt.IsZero():
			row.Since = c.day(s.ConfirmedAt)
		default:
			row.Since = c.day(s.CreatedAt)
		}
		page.Rows = append(page.Rows, row)
	}
	return a.Show(w, r, page)
}

// stateLinks are the list's parts, with how many readers each has.
func (a *Area) stateLinks(ctx context.Context, here subscribers.State) ([]screen.Link, error) {
	counts, err := a.Readers.Counts(ctx)
	if err != nil {
		return nil, err
	}
	base := a.Site().Path(site.ReadersList)
	links := []screen.Link{{Label: "All", Address: base, Here: here == ""}}
	for _, s := range roster.States() {
		label := strings.ToUpper(stateNames[s][:1]) + stateNames[s][1:]
		links = append(links, screen.Link{Label: label, Note: fmt.Sprint(counts[s]), Address: base + "?state=" + string(s), Here: here == s})
	}
	return links, nil
}

// reader shows one reader.
func (a *Area) reader(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := frame.ID(r, "reader")
	if err != nil {
		return err
	}
	told, err := a.Readers.Tell(ctx, id)
	if err != nil {
		return err
	}
	c, err := a.clock(ctx)
	if err != nil {
		return err
	}
	all, err := a.Read.SeriesList(ctx)
	if err != nil {
		return err
	}
	page := screen.Reader{Email: told.Email, Reason: roster.Why(told.State), Facts: []screen.Fact{{Name: "State", Value: stateNames[told.State]}}}
	for _, f := range []screen.Fact{{Name: "Name", Value: told.Name}, {Name: "Wants", Value: wanting[told.Frequency]}, {Name: "On the list since", Value: c.day(told.CreatedAt)},
		{Name: "Confirmed", Value: c.day(told.ConfirmedAt)}, {Name: "Left", Value: c.day(told.LeftAt)}} {
		if f.Value != "" {
			page.Facts = append(page.Facts, f)
		}
	}
	if told.Waiting > 0 {
		page.Facts = append(page.Facts, screen.Fact{Name: "Letters that wait", Value: fmt.Sprint(told.Waiting)})
	}
	for _, x := range told.Consents {
		where := x.Page
		if x.IP != "" {
			where += " from " + x.IP
		}
		page.Consents = append(page.Consents, screen.ConsentRow{When: c.at(x.At), Wording: x.Wording, Where: where, By: x.EnteredBy})
	}
	for _, x := range told.Confirmations {
		value := "no answer yet; the link works until " + c.at(x.Expires)
		switch {
		case !x.Used.IsZero():
			value = "confirmed " + c.at(x.Used)
		case x.Expires.Before(c.now):
			value = "never answered"
		}
		page.Asked = append(page.Asked, screen.Fact{Name: c.at(x.At), Value: value})
	}
	for _, x := range told.Deliveries {
		slug := ""
		if len(all) > 1 {
			slug = x.Series
		}
		page.Received = append(page.Received, screen.ReceivedRow{Issue: x.Issue.Title, Address: a.Site().Desk(site.PastIssue, slug, x.Issue.Number),
			State: string(x.State), When: c.at(x.At), Words: x.Outcome.Words()})
	}
	if page.Returned, err = a.returned(ctx, c, bounce.Filter{SubscriberID: id}); err != nil {
		return err
	}
	switch told.State {
	case subscribers.Pending:
		page.Ask, page.AskSays = a.Site().Path(site.ReaderAsk, id), "Ask once more to confirm"
		page.AskMeans = "A mail with a link goes to them. It is held back where they were asked too often."
	case subscribers.Bounced:
		page.Ask, page.AskSays = a.Site().Path(site.ReaderAsk, id), "Lift it: ask them to confirm anew"
		page.AskMeans = "One mail with a link goes to the address. They get issues again once they follow it, and not before."
	}
	if !told.State.Suppressed() {
		page.Suppress = a.Site().Path(site.ReaderSuppress, id)
	}
	if frame.Editor(r).Role.May(digest.OwnerRole) {
		page.Erase = a.Site().Path(site.ReaderErase, id)
	}
	return a.Show(w, r, page)
}

// askReader asks a reader once more to confirm.
func (a *Area) askReader(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "reader")
	if err != nil {
		return err
	}
	told, err := a.Readers.Tell(r.Context(), id)
	if err != nil {
		return err
	}
	if err := a.Signup.AskAgain(r.Context(), frame.By(r), told.Subscriber); err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.ReaderPage, id), "They are asked to confirm. The mail goes out with the worker.")
}

// suppression says what it would mean to take a reader off the list.
func (a *Area) suppression(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "reader")
	if err != nil {
		return err
	}
	told, err := a.Readers.Tell(r.Context(), id)
	if err != nil {
		return err
	}
	return a.Show(w, r, screen.Consequence{
		Title: "Take " + told.Email + " off the list", Button: "Take them off the list", Lines: []string{roster.Suppression},
		Action: a.Site().Path(site.ReaderSuppress, id), Back: screen.Link{Label: "Leave it", Address: a.Site().Path(site.ReaderPage, id)},
	})
}

func (a *Area) suppressReader(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "reader")
	if err != nil {
		return err
	}
	told, err := a.Readers.Tell(r.Context(), id)
	if err != nil {
		return err
	}
	if _, err := a.Roster.Suppress(r.Context(), frame.By(r), told.Email, subscribers.Unsubscribed); err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.ReaderPage, id), "Nothing is mailed to "+told.Email+" any more.")
}

// erasure says what it would mean to erase a reader.
func (a *Area) erasure(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "reader")
	if err != nil {
		return err
	}
	told, err := a.Readers.Tell(r.Context(), id)
	if err != nil {
		return err
	}
	return a.Show(w, r, screen.Consequence{
		Title: "Erase " + told.Email, Button: "Erase them", Danger: true,
		Lines:  roster.Erasure(),
		Action: a.Site().Path(site.ReaderErase, id), Back: screen.Link{Label: "Leave it", Address: a.Site().Path(site.ReaderPage, id)},
	})
}

func (a *Area) eraseReader(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "reader")
	if err != nil {
		return err
	}
	if err := a.Readers.Erase(r.Context(), frame.By(r), id); err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.ReadersList), "They are erased.")
}

func (a *Area) newReader(email, name string, confirmed bool, consent string) screen.ReaderNew {
	return screen.ReaderNew{
		Action: a.Site().Path(site.ReaderNew), Back: a.Site().Path(site.ReadersList), Confirmed: confirmed,
		Fields: []screen.Field{
			{Name: "email", Label: "Their address", Value: email, Type: "email", Autocomplete: "off", Required: true},
			{Name: "name", Label: "Their name", Value: name, Autocomplete: "off", Hint: "It may stay empty."},
		},
		Consent: screen.Field{Name: "consent", Label: "How they agreed", Value: consent, Hint: "Kept as proof, such as “signed the list at the meeting of 3 May”."},
	}
}

func (a *Area) readerForm(w http.ResponseWriter, r *http.Request) error {
	return a.Show(w, r, a.newReader("", "", false, ""))
}

// addReader puts one person on the list.
func (a *Area) addReader(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	email, name, confirmed, consent := form.Text("email"), form.Text("name"), form.Is("confirmed"), form.Text("consent")
	if confirmed && !frame.Editor(r).Role.May(digest.OwnerRole) {
		return digest.Fail(digest.Forbidden, "Add the reader without it: the mail that asks for confirmation goes out at once.", "only owners may say that somebody confirmed")
	}
	outcome, err := a.Roster.Add(r.Context(), frame.By(r), email, name, roster.AddOptions{Confirmed: confirmed, ConsentText: consent})
	if kind := digest.KindOf(err); err != nil && (kind == digest.Invalid || kind == digest.Conflict) {
		page := a.newReader(frame.Cut(email, 300), name, confirmed, consent)
		wrong := &page.Fields[0]
		if confirmed && consent == "" {
			wrong = &page.Consent
		}
		wrong.Mistake = frame.Sentence(err)
		page.Mistakes = []screen.Field{*wrong}
		return a.Refuse(w, r, page)
	}
	if err != nil {
		return err
	}
	said := email + " is asked to confirm. The mail goes out with the worker."
	switch {
	case outcome != roster.Added:
		said = email + " is on the list already."
	case confirmed:
		said = email + " is on the list."
	}
	return a.Back(w, r, a.Site().Path(site.ReadersList)+"?"+url.Values{"q": {email}}.Encode(), said)
}

// exportReaders writes the list as CSV.
func (a *Area) exportReaders(w http.ResponseWriter, r *http.Request) error {
	state := subscribers.State(r.URL.Query().Get("state"))
	if _, known := stateNames[state]; state != "" && !known {
		return digest.Fail(digest.NotFound, "", "there is no such state of readers")
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(uploadTime)) // a server that knows none keeps its own
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="readers.csv"`)
	_, err := a.Roster.Export(context.WithoutCancel(r.Context()), frame.By(r), "a file at the desk", w, roster.Filter{State: state, Limit: -1})
	return err
}

// The bounds of a list that is uploaded: its size, and how long it is kept until
// somebody says what becomes of it.
const (
	maxList  = 100 << 20
	keptList = time.Hour
	listFile = "postbag-readers-"
)

// keep gives a list that was uploaded a name of its own, and forgets those of long ago.
func keep(u *upload) (token string, err error) {
	old, err := filepath.Glob(filepath.Join(os.TempDir(), listFile+"*"))
	if err != nil {
		return "", err
	}
	for _, path := range old {
		if info, err := os.Stat(path); err == nil && time.Since(info.ModTime()) > keptList {
			_ = os.Remove(path) // another process may have removed it
		}
	}
	token = subscribers.NewToken()
	return token, os.Rename(u.Path, kept(token))
}

// kept is where a list lies.
func kept(token string) string { return filepath.Join(os.TempDir(), listFile+token) }

// listForm is the form as it was typed.
func (a *Area) listForm(ctx context.Context, form frame.Form) (screen.ReaderImport, error) {
	as := screen.Field{Name: "as", Label: "What they are", Type: "select", Options: []screen.Option{{Label: "what the list says of each", Value: ""}}}
	for _, s := range []subscribers.State{subscribers.Unsubscribed, subscribers.Bounced, subscribers.Complained} {
		as.Options = append(as.Options, screen.Option{Label: "all of them: " + stateNames[s], Value: string(s), Chosen: form.Get("as") == string(s)})
	}
	dates := screen.Field{Name: "dates", Label: "Dates such as 03/04/2024", Type: "select", Options: []screen.Option{{Label: "find it out", Value: ""},
		{Label: "the day comes first", Value: "day-first", Chosen: form.Get("dates") == "day-first"}, {Label: "the month comes first", Value: "month-first", Chosen: form.Get("dates") == "month-first"}}}
	page := screen.ReaderImport{
		Action: a.Site().Path(site.ReaderImport), Back: a.Site().Path(site.ReadersList), Most: fmt.Sprintf("%d MB", maxList>>20),
		Confirmed: form.Is("confirmed"), Skip: form.Is("skip"),
		Fields: []screen.Field{
			{Name: "consent", Label: "How they agreed", Value: form.Get("consent"), Hint: "Kept as proof; needed where they are asked nothing."},
			as, dates, {Name: "charset", Label: "The file’s character set", Value: form.Get("charset"), Hint: "Such as windows-1250; found out if you leave this empty."},
		},
	}
	t, ok, err := a.Runner.Latest(ctx, 0, beside.ImportReaders)
	if err != nil || !ok {
		return page, err
	}
	c, err := a.clock(ctx)
	page.Task = a.task(c, t, page.Action)
	return page, err
}

func (a *Area) listPage(w http.ResponseWriter, r *http.Request) error {
	page, err := a.listForm(r.Context(), frame.Form{Values: url.Values{}})
	if err != nil {
		return err
	}
	return a.Show(w, r, page)
}

// columnField begins the names of the fields that say what a column is.
const columnField = "column-"

// listOptions reads how a list is to be imported.
func listOptions(form frame.Form, name string) roster.ImportOptions {
	o := roster.ImportOptions{Confirmed: form.Is("confirmed"), Consent: form.Text("consent"), SkipInvalid: form.Is("skip"),
		As: subscribers.State(form.Text("as")), Charset: form.Text("charset"), File: name,
		List: listfile.Options{Columns: map[string]listfile.Field{}, Dates: listfile.DateOrder(form.Text("dates"))}}
	for field, values := range form.Values {
		if key, is := strings.CutPrefix(field, columnField); is && len(values) > 0 && values[0] != "" {
			o.List.Columns[key] = listfile.Field(values[0])
		}
	}
	return o
}

// importReaders looks what a list would bring, or begins to import it.
func (a *Area) importReaders(w http.ResponseWriter, r *http.Request) error {
	ctx := context.WithoutCancel(r.Context())
	u, err := readUpload(w, r, maxList)
	page, perr := a.listForm(ctx, u.Form)
	if perr != nil {
		return errors.Join(perr, u.remove())
	}
	refuse := func(err error) error {
		if frame.IsOurs(err) {
			return err
		}
		page.Mistakes = []screen.Field{{Name: "file", Label: "The list", Mistake: frame.Sentence(err)}}
		return a.Refuse(w, r, page)
	}
	if err != nil {
		return refuse(err)
	}
	token, name := u.Text("kept"), frame.Cut(u.Text("name"), 200)
	if u.Path != "" {
		if token, err = keep(&u); err != nil {
			return errors.Join(err, u.remove())
		}
		name = u.Name
	}
	if name == "" {
		name = "the list"
	}
	if _, ok := subscribers.TokenKey(token); !ok {
		return refuse(digest.Fail(digest.Invalid, "Choose the file.", "there is no file"))
	}
	if info, err := os.Stat(kept(token)); err != nil || time.Since(info.ModTime()) > keptList {
		return refuse(digest.Fail(digest.Invalid, "Choose it again.", "the file is not kept any more"))
	}
	o := listOptions(u.Form, name)
	if u.Text("do") == "import" {
		return a.beginImport(ctx, w, r, token, o, refuse)
	}
	o.DryRun = true
	report, err := a.importFile(ctx, frame.By(r), kept(token), o)
	if frame.IsOurs(err) {
		return err
	}
	page.Found = found(token, name, report, o, err == nil)
	if err != nil {
		return refuse(err)
	}
	return a.Show(w, r, page)
}

// importFile imports a file that is kept.
func (a *Area) importFile(ctx context.Context, by digest.Actor, path string, o roster.ImportOptions) (roster.ImportReport, error) {
	f, err := os.Open(path)
	if err != nil {
		return roster.ImportReport{}, digest.Fail(digest.Invalid, "Choose it again.", "the file is not kept any more")
	}
	defer f.Close() // it was only read
	return a.Roster.Import(ctx, by, f, o)
}

// beginImport begins to import a list beside. Its file goes when the import has ended.
func (a *Area) beginImport(ctx context.Context, w http.ResponseWriter, r *http.Request, token string, o roster.ImportOptions, refuse func(error) error) error {
	by := frame.By(r)
	_, err := a.Runner.Start(ctx, by, beside.ImportReaders, 0, o.File, func(ctx context.Context, tell func(beside.Progress)) (said []string, err error) {
		path := kept(token)
		defer func() { err = errors.Join(err, os.Remove(path)) }()
		o.Progress = func(done, total int) { tell(beside.Progress{Doing: "readers", Done: done, Total: total}) }
		report, err := a.importFile(ctx, by, path, o)
		return saysOf(report, "Imported"), err
	})
	if err != nil {
		return refuse(err)
	}
	return a.Back(w, r, a.Site().Path(site.ReaderImport), "The import has begun. It runs beside; you may leave this page.")
}

// saysOf says what a list brought, or would bring.
func saysOf(r roster.ImportReport, verb string) []string {
	says := []string{verb + " " + plural(r.Added, "reader", "readers") + "."}
	for _, s := range roster.States() {
		if n := r.States[s]; n > 0 {
			says = append(says, fmt.Sprintf("%d %s.", n, stateNames[s]))
		}
	}
	for _, of := range []struct {
		n    int
		what string
	}{
		{r.Known, "on the list already."}, {r.Ended, "taken off the list, because they left."}, {r.KeptOut, "kept out, because they left before."},
		{r.Duplicated, "twice in the file."}, {r.RejectedCount, "not usable."},
	} {
		if of.n > 0 {
			says = append(says, fmt.Sprintf("%d %s", of.n, of.what))
		}
	}
	return says
}

// mostColumns is how many columns that are not read are shown.
const mostColumns = 60

// found shows what a list would bring.
func found(token, name string, r roster.ImportReport, o roster.ImportOptions, works bool) *screen.FoundList {
	f := &screen.FoundList{Name: name, Token: token}
	if works {
		f.Says = saysOf(r, "It would bring")
		f.Button = "Import " + plural(r.Added, "reader", "readers")
		if r.Added == 0 {
			f.Button = "Import it"
		}
	}
	for _, x := range r.Rejected {
		f.Rejected = append(f.Rejected, screen.Fact{Name: fmt.Sprintf("Line %d", x.Line), Value: x.Why})
	}
	if more := r.RejectedCount + r.Departed - len(r.Rejected); more > 0 {
		f.Rejected = append(f.Rejected, screen.Fact{Name: "And", Value: plural(more, "more line", "more lines")})
	}
	if r.ConcernedCount > 0 {
		f.Notes = append(f.Notes, fmt.Sprintf("Look at %s: on the list, and a row about them is not understood. It may say that they left.", strings.Join(r.Concerned, ", ")))
	}
	if r.GuessedDate != "" {
		f.Notes = append(f.Notes, fmt.Sprintf("Dates such as %s were read %s.", r.GuessedDate, strings.Replace(string(r.Dates), "-", " ", 1)))
	}
	if r.Charset != "" {
		f.Notes = append(f.Notes, "The list is not in UTF-8; it was read as "+r.Charset+".")
	}
	shown := map[string]bool{}
	for _, c := range r.Unread[:min(len(r.Unread), mostColumns)] {
		shown[c.Key()] = true
		f.Columns = append(f.Columns, columnChoice(c.Key(), c.Label(), o.List.Columns[c.Key()], c.Speaks))
	}
	for key, field := range o.List.Columns { // what was said of the others is said again
		if !shown[key] {
			f.Columns = append(f.Columns, columnChoice(key, key, field, false))
		}
	}
	return f
}

func columnChoice(key, label string, chosen listfile.Field, speaks bool) screen.Field {
	f := screen.Field{Name: columnField + key, Label: label, Type: "select", Options: []screen.Option{{Label: "not read", Value: ""}}}
	if speaks {
		f.Hint = "It speaks of leaving, and is not understood: say what it is."
	}
	for _, x := range listfile.Fields() {
		f.Options = append(f.Options, screen.Option{Label: string(x), Value: string(x), Chosen: x == chosen})
	}
	return f
}
