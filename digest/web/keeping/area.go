package keeping

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/blogs"
	"postbag/digest/desk"
	"postbag/digest/dispatch"
	"postbag/digest/health"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/subscribers/bounce"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
	"postbag/templates/screen"
)

// Reader is what pages list of what is stored.
type Reader interface {
	SeriesList(ctx context.Context) ([]digest.Series, error)
	Publication(ctx context.Context) (digest.Publication, error)
}

// Options are what the pages need: use cases, and what they read.
type Options struct {
	Read    Reader
	Desk    *desk.Desk
	Blogs   *blogs.Keeper
	Runner  *beside.Runner
	Past    dispatch.Past
	Sender  *dispatch.Sender
	Roster  *roster.Service
	Readers roster.Readers
	Signup  *signup.Service
	Bounces *bounce.Service
	Health  Systems
	// SetUp tells which step of the set-up is left; "" for none, or once an issue was made.
	SetUp func(ctx context.Context) (setup.Step, error)
	// Troubles lists what needs a person.
	Troubles func(ctx context.Context) ([]health.Trouble, error)
	// Workers and Duties list who works on the database, and what is done by itself.
	Workers func(ctx context.Context) ([]health.Worker, error)
	Duties  func(ctx context.Context, limit int) ([]health.Duty, error)
	// Process are the settings that the program was started with, without secrets;
	// Version and Database name it and what it works on, and Backups says in a sentence
	// where and when backups are written, "" for none.
	Process                    []screen.Setting
	Version, Database, Backups string
	// Public is where readers find the publication.
	Public site.Site
}

// Area is these pages. It is safe for concurrent use.
type Area struct {
	*frame.Frame
	Options
}

// New makes the pages.
func New(f *frame.Frame, o Options) *Area { return &Area{Frame: f, Options: o} }

// Routes gives every address of the area.
func (a *Area) Routes() []frame.Route {
	upload := frame.Post(site.SourceImport, a.importExport)
	upload.MaxBody = maxUpload + frame.MaxForm
	list := frame.Post(site.ReaderImport, a.importReaders)
	list.MaxBody = maxList + frame.MaxForm
	return []frame.Route{
		frame.Get(site.DeskHome, a.home),
		frame.Get(site.SourcesList, a.sources),
		frame.Get(site.SourceNew, a.sourceForm),
		frame.Post(site.SourceNew, a.findSource),
		frame.Get(site.SourceImport, a.exportForm),
		upload,
		frame.Get(site.SourcePage, a.source),
		frame.Post(site.SourcePull, a.pull),
		frame.Get(site.SourceSettings, a.sourceSettings),
		frame.Post(site.SourceSettings, a.changeSource),
		frame.Get(site.SourceRemove, a.removal),
		frame.Post(site.SourceRemove, a.removeSource),
		frame.Post(site.TaskPage, a.stopTask),
		frame.Get(site.IssuesList, a.pastIssues),
		frame.Get(site.PastIssue, a.pastIssue),
		frame.Get(site.WithdrawIssue, a.withdrawal),
		frame.Post(site.WithdrawIssue, a.withdraw),
		frame.Get(site.SettleMails, a.settlement),
		frame.Post(site.SettleMails, a.settle),
		frame.Get(site.SettingsPage, a.settings),
		frame.Post(site.SettingsPage, a.saveSettings),
		frame.Get(site.SeriesNew, a.seriesForms),
		frame.Post(site.SeriesNew, a.addSeries),
		frame.Get(site.SuggestPage, a.suggestions),
		frame.Post(site.SuggestPage, a.tune),
		frame.Get(site.SystemPage, a.system),
		frame.Get(site.ReadersList, a.readers),
		frame.Get(site.ReaderNew, a.readerForm),
		frame.Post(site.ReaderNew, a.addReader),
		owner(frame.Get(site.ReaderImport, a.listPage)),
		owner(list),
		owner(frame.Get(site.ReaderExport, a.exportReaders)),
		frame.Get(site.ReaderPage, a.reader),
		frame.Post(site.ReaderAsk, a.askReader),
		frame.Get(site.ReaderSuppress, a.suppression),
		frame.Post(site.ReaderSuppress, a.suppressReader),
		owner(frame.Get(site.ReaderErase, a.erasure)),
		owner(frame.Post(site.ReaderErase, a.eraseReader)),
		frame.Post(site.SendingPage, a.hold),
	}
}

// owner lets in owners only.
func owner(r frame.Route) frame.Route {
	r.Owner = true
	return r
}

// clock writes moments on the clock of the first series.
type clock struct {
	series digest.Series
	now    time.Time
	people digest.People // by whose names editors are called
	isUTC  bool          // there is no series to tell the zone
}

// clock reads in which zone moments are shown: that of the first series.
func (a *Area) clock(ctx context.Context) (clock, error) {
	all, err := a.Read.SeriesList(ctx)
	c := clock{now: a.Now(), series: digest.Series{Zone: "UTC"}, people: frame.People(ctx), isUTC: len(all) == 0}
	if !c.isUTC {
		c.series = all[0]
	}
	return c, err
}

// at writes a moment, "never" for none.
func (c clock) at(t time.Time) string {
	if t.IsZero() {
		return "never"
	}
	words := desk.ShortMoment(c.series, t, c.now)
	if c.isUTC {
		words += " UTC"
	}
	return words
}

// day writes the day of a moment, "" for none.
func (c clock) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	zone, err := c.series.Location()
	if err != nil {
		zone = time.UTC
	}
	return t.In(zone).Format("2 January 2006")
}

// next writes when something is due next.
func (c clock) next(t time.Time) string {
	switch {
	case t.IsZero():
		return "never"
	case !t.After(c.now):
		return "now"
	}
	return c.at(t)
}

// links makes links of acts.
func (a *Area) links(acts []digest.Act) (all []screen.Link) {
	for _, act := range acts {
		if address := a.Site().Act(act); address != "" {
			all = append(all, screen.Link{Label: act.Do.Label(), Address: address})
		}
	}
	return all
}

// taskTitles say what a task does, while it does it and afterwards.
var taskTitles = map[beside.Kind][2]string{
	beside.Pull:          {"Pulling %s", "The last pull of %s"},
	beside.History:       {"Pulling the history of %s", "The last pull of the history of %s"},
	beside.ImportExport:  {"Importing %s", "The import of %s"},
	beside.ImportReaders: {"Importing the readers of %s", "The import of the readers of %s"},
}

// task shows what runs beside, on the page at an address.
func (a *Area) task(c clock, t beside.Task, page string) screen.Task {
	if t.ID == 0 {
		return screen.Task{Refresh: page}
	}
	titles := taskTitles[t.Kind]
	out := screen.Task{ID: t.ID, Live: t.Live(), Words: t.Words(), Percent: t.Percent(), Begun: c.at(t.StartedAt), By: c.people.Name(t.By),
		Said: t.Said, Hint: t.Hint, Stop: a.Site().Path(site.TaskPage, t.ID), Refresh: page}
	out.Title = fmt.Sprintf(titles[1], t.Name)
	if t.Problem != "" {
		out.Problem = sentence(t.Problem)
	}
	switch t.State {
	case beside.Running:
		out.Title = fmt.Sprintf(titles[0], t.Name)
	case beside.Stopped:
		out.Ended = "Stopped " + c.at(t.EndedAt) + ". What had come is stored; begin it again to go on."
	case beside.Lost:
		out.Ended = "Its process ended before it did. What had come is stored; begin it again to go on."
	default:
		out.Ended = "Ended " + c.at(t.EndedAt) + ", begun by " + c.people.Name(t.By) + "."
	}
	return out
}

// stopTask ends what runs beside.
func (a *Area) stopTask(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "task")
	if err != nil {
		return err
	}
	t, err := a.Runner.Task(r.Context(), id)
	if err != nil {
		return err
	}
	if err := a.Runner.Stop(r.Context(), id); err != nil {
		return err
	}
	back := a.Site().Path(site.SourcesList)
	switch t.Kind {
	case beside.Pull, beside.History:
		back = a.Site().Path(site.SourcePage, t.Subject)
	case beside.ImportExport:
		back = a.Site().Path(site.SourceImport)
	case beside.ImportReaders:
		back = a.Site().Path(site.ReaderImport)
	}
	return a.Back(w, r, back, "It stops within seconds. What has come is stored.")
}

// sentence begins with a capital letter and ends with a full stop.
func sentence(s string) string {
	if s == "" {
		return ""
	}
	s = strings.ToUpper(s[:1]) + s[1:]
	if !strings.HasSuffix(s, ".") {
		s += "."
	}
	return s
}

// maxUpload bounds a file that is uploaded, in bytes, and uploadTime how long it may
// take.
const (
	maxUpload  = 1 << 30
	uploadTime = 20 * time.Minute
)

// upload is a form with a file, which lies in a temporary file.
type upload struct {
	frame.Form
	Name string // of the file, as its owner calls it; "" where none was chosen
	Path string
}

// readUpload reads a form with a file, of at most so many bytes, without holding the
// file in memory. The caller removes the file.
func readUpload(w http.ResponseWriter, r *http.Request, most int64) (u upload, err error) {
	control := http.NewResponseController(w)
	until := time.Now().Add(uploadTime)
	// A server that knows no deadlines keeps its own.
	_, _ = control.SetReadDeadline(until), control.SetWriteDeadline(until.Add(time.Minute))
	u.Values = map[string][]string{}
	parts, err := r.MultipartReader()
	if err != nil {
		return u, digest.Fail(digest.Invalid, "Send it again from the page.", "the form could not be read")
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, u.remove())
			u.Path = ""
		}
	}()
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return u, nil
		}
		if err != nil {
			return u, unreadable(err)
		}
		if err := u.take(part, most); err != nil {
			return u, err
		}
	}
}

// take reads one part of a form.
func (u *upload) take(part *multipart.Part, most int64) error {
	const mostFields, mostField = 500, 64 << 10
	if part.FileName() == "" {
		value, err := io.ReadAll(io.LimitReader(part, mostField))
		if err != nil {
			return unreadable(err)
		}
		if name := part.FormName(); name != "file" && len(u.Values) < mostFields {
			u.Add(name, string(value))
		}
		return nil
	}
	if u.Path != "" {
		return digest.Fail(digest.Invalid, "Choose one file.", "there are several files")
	}
	f, err := os.CreateTemp("", "postbag-upload-")
	if err != nil {
		return fmt.Errorf("keep the file: %w", err)
	}
	u.Name, u.Path = frame.Cut(part.FileName(), 200), f.Name()
	n, err := io.Copy(f, io.LimitReader(part, most+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return unreadable(err)
	}
	if n > most {
		return digest.Fail(digest.Invalid, "Import it by the command, which takes files of any size, or in parts.", "the file is larger than %d MB", most>>20)
	}
	return nil
}

// unreadable is the error of a form whose end did not come.
func unreadable(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return err
	}
	return digest.Fail(digest.Invalid, "Send it again.", "the file did not arrive whole: %w", err)
}

// remove deletes the file.
func (u upload) remove() error {
	if u.Path == "" {
		return nil
	}
	if err := os.Remove(u.Path); !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
