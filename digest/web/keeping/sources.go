package keeping

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"postbag/digest"
	"postbag/digest/beside"
	"postbag/digest/blogs"
	"postbag/digest/markup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// sources lists the blogs.
func (a *Area) sources(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	c, err := a.clock(ctx)
	if err != nil {
		return err
	}
	all, err := a.Blogs.List(ctx)
	if err != nil {
		return err
	}
	page := screen.Sources{New: a.Site().Path(site.SourceNew), Import: a.Site().Path(site.SourceImport)}
	for _, b := range all {
		page.Blogs = append(page.Blogs, a.blogRow(c, b))
	}
	t, ok, err := a.Runner.Latest(ctx, 0, beside.ImportExport)
	if err != nil {
		return err
	}
	if ok && t.Live() {
		page.Task = a.task(c, t, a.Site().Path(site.SourcesList))
	}
	return a.Show(w, r, page)
}

func (a *Area) blogRow(c clock, b blogs.Blog) screen.BlogRow {
	row := screen.BlogRow{
		Name: b.Name, Address: a.Site().Path(site.SourcePage, b.ID), Home: b.URL, Platform: string(b.Platform),
		Health: sentence(b.Health), Trouble: b.Trouble, Last: c.at(b.LastSuccess), Next: c.next(b.NextPoll),
	}
	if b.Task.Live() {
		row.Now = "Being pulled now. " + b.Task.Words()
	}
	return row
}

// mostPosts is how many posts a blog is shown with.
const mostPosts = 20

// source shows one blog.
func (a *Area) source(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	id, err := frame.ID(r, "source")
	if err != nil {
		return err
	}
	c, err := a.clock(ctx)
	if err != nil {
		return err
	}
	s, err := a.Blogs.Show(ctx, id, mostPosts)
	if err != nil {
		return err
	}
	here := a.Site().Path(site.SourcePage, id)
	page := screen.Source{
		BlogRow: a.blogRow(c, s.Blog), Series: strings.Join(s.Series, ", "), Task: a.task(c, s.Task, here), Followed: c.day(s.AddedAt), Pattern: s.CommentsPattern,
		Pull: a.Site().Path(site.SourcePull, id), Settings: a.Site().Path(site.SourceSettings, id), Remove: a.Site().Path(site.SourceRemove, id),
		NoFeeds: len(s.Feeds) == 0, Suspect: s.WaitsForYou, History: "Pull its whole history",
		Facts: []screen.Fact{
			{Name: "Posts", Value: counted(s.Posts)}, {Name: "Comments", Value: counted(s.Comments)},
			{Name: "Gone from the blog", Value: counted(s.Gone)}, {Name: "Their post not known", Value: counted(s.Orphans)},
		},
	}
	for _, f := range s.Feeds {
		if f.Older != "" {
			page.History = "Go on with its history"
		}
		page.Feeds = append(page.Feeds, screen.FeedRow{
			Kind: string(f.Kind), Address: f.URL, Health: sentence(blogs.HealthOf(f)), Trouble: blogs.Troubled(f),
			Last: c.at(f.LastSuccess), Asked: c.at(f.LastTry), Next: c.next(blogs.NextTry(f)), LeftOut: blogs.LeftOut(f.LeftOut),
		})
	}
	for _, l := range s.Listings {
		row := screen.ListingRow{Title: postTitle(l), Address: l.URL, Date: c.day(l.Published), Announced: "?", Stored: fmt.Sprint(l.Stored)}
		if l.Announced >= 0 {
			row.Announced = fmt.Sprint(l.Announced)
		}
		if !l.ListedAt.IsZero() {
			row.Read = c.at(l.ListedAt)
		}
		page.Posts = append(page.Posts, row)
	}
	return a.Show(w, r, page)
}

// counted writes a number that is counted up to [blogs.MostCounted].
func counted(n int) string {
	if n >= blogs.MostCounted {
		return fmt.Sprintf("%d or more", blogs.MostCounted)
	}
	return fmt.Sprint(n)
}

// postTitle names a post: by its address where it has no title.
func postTitle(l digest.Listing) string {
	if title := markup.Clean(l.Title); title != "" {
		return title
	}
	_, rest, found := strings.Cut(l.URL, "://")
	if !found {
		rest = l.URL
	}
	return "Untitled, " + rest
}

// ways are what the buttons of a pull ask for.
var ways = map[string]blogs.How{
	"now": {}, "history": {History: true}, "anyway": {Force: true}, "accept": {Accept: true},
}

// pull begins to pull a blog.
func (a *Area) pull(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "source")
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	how, known := ways[form.Text("how")]
	if !known {
		return digest.Fail(digest.Invalid, "Press one of the page's buttons.", "it is not said how the blog is to be pulled")
	}
	if _, err := a.Blogs.Pull(r.Context(), frame.By(r), id, how); err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.SourcePage, id), "The pull has begun. It runs beside; you may leave this page.")
}

// known are the fields of what need not be found.
func knownFields(o blogs.Known) []screen.Field {
	platforms := []screen.Option{{Label: "what its feeds say", Value: "", Chosen: o.Platform == ""}}
	for _, p := range digest.Platforms() {
		platforms = append(platforms, screen.Option{Label: string(p), Value: string(p), Chosen: p == o.Platform})
	}
	return []screen.Field{
		{Name: "posts", Label: "The feed of its posts", Value: o.Posts},
		{Name: "comments", Label: "The feed of all its comments", Value: o.Comments},
		{Name: "pattern", Label: "Where the comments of one post are", Value: o.CommentsPattern, Hint: "Such as {url}feed/ or https://talk.example/feed?uri={path}; {id} is the post’s number."},
		{Name: "platform", Label: "What it runs on", Type: "select", Options: platforms},
		{Name: "name", Label: "What to call it", Value: o.Name, Hint: "Its own title, if you leave this empty."},
	}
}

func optionsOf(form frame.Form) blogs.Known {
	return blogs.Known{Posts: form.Text("posts"), Comments: form.Text("comments"), CommentsPattern: form.Text("pattern"),
		Platform: digest.Platform(form.Text("platform")), Name: form.Text("name")}
}

func (a *Area) newSource(address string, o blogs.Known) screen.SourceNew {
	return screen.SourceNew{
		Action: a.Site().Path(site.SourceNew), Known: knownFields(o), Open: o != (blogs.Known{}),
		Fields: []screen.Field{{Name: "address", Label: "An address of the blog", Value: address, Autocomplete: "url", Hint: "Its home page, a post, or a feed."}},
	}
}

func (a *Area) sourceForm(w http.ResponseWriter, r *http.Request) error {
	return a.Show(w, r, a.newSource("", blogs.Known{}))
}

// findSource shows what is behind an address, or follows what was found.
func (a *Area) findSource(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	address, o := form.Text("address"), optionsOf(form)
	page := a.newSource(address, o)
	refuse := func(err error) error {
		if ambiguous, is := errors.AsType[*blogs.Ambiguous](err); is {
			page.ChoicesOf = ambiguous.URL
			for _, c := range ambiguous.Choices {
				page.Choices = append(page.Choices, screen.Choice{Kind: string(c.Kind), Address: c.URL, Title: c.Title})
			}
			return a.Refuse(w, r, page)
		}
		if frame.IsOurs(err) {
			return err
		}
		page.Fields[0].Mistake = frame.Sentence(err)
		page.Mistakes = screen.Mistakes(page.Fields...)
		return a.Refuse(w, r, page)
	}
	if address == "" && o.Posts == "" && o.Comments == "" {
		return refuse(digest.Fail(digest.Invalid, "Any page of the blog will do.", "the address is missing"))
	}
	if form.Is("follow") {
		return a.follow(w, r, form, address, o, refuse)
	}
	found, err := a.Blogs.Find(r.Context(), address, o)
	if err != nil {
		return refuse(err)
	}
	page.Found = a.found(found, address, o)
	if page.Found.Series, err = a.feeding(r.Context()); err != nil {
		return err
	}
	return a.Show(w, r, page)
}

// feeding are the series that a blog may feed, the first one ticked; none where there is
// no choice.
func (a *Area) feeding(ctx context.Context) (ticks []screen.Tick, err error) {
	all, err := a.Read.SeriesList(ctx)
	if err != nil || len(all) < 2 {
		return nil, err
	}
	for i, s := range all {
		ticks = append(ticks, screen.Tick{Name: "series", Value: s.Slug, Label: s.Name, On: i == 0})
	}
	return ticks, nil
}

func (a *Area) found(found blogs.Found, address string, o blogs.Known) *screen.FoundBlog {
	f := &screen.FoundBlog{Name: found.Source.Name, Home: found.Source.URL, Platform: string(found.Source.Platform), Says: found.Says(), Silent: found.Silent}
	for _, x := range found.Feeds {
		f.Feeds = append(f.Feeds, screen.Fact{Name: string(x.Kind), Value: x.URL})
	}
	if p := found.Source.CommentsPattern; p != "" {
		f.Feeds = append(f.Feeds, screen.Fact{Name: "comments of a post", Value: p})
	}
	for _, n := range found.Notices {
		f.Notices = append(f.Notices, screen.Notice{Text: sentence(n.Text), Acts: a.links(n.Acts)})
	}
	f.Hidden = []screen.Field{{Name: "address", Value: address}, {Name: "posts", Value: o.Posts}, {Name: "comments", Value: o.Comments},
		{Name: "pattern", Value: o.CommentsPattern}, {Name: "platform", Value: string(o.Platform)}, {Name: "name", Value: o.Name}}
	return f
}

// follow follows a blog and begins to pull it.
func (a *Area) follow(w http.ResponseWriter, r *http.Request, form frame.Form, address string, o blogs.Known, refuse func(error) error) error {
	ctx, by := r.Context(), frame.By(r)
	added, err := a.Blogs.Add(ctx, by, address, o, form.Values["series"]...)
	if err != nil {
		return refuse(err)
	}
	said := fmt.Sprintf("%s is followed, and being pulled now.", added.Source.Name)
	if _, err := a.Blogs.Pull(ctx, by, added.Source.ID, blogs.How{History: form.Is("history")}); err != nil {
		said = fmt.Sprintf("%s is followed. It is not being pulled: %s", added.Source.Name, frame.Sentence(err))
	}
	return a.Back(w, r, a.Site().Path(site.SourcePage, added.Source.ID), said)
}

// blogSettings is the form of a blog's settings.
func (a *Area) blogSettings(id int64, name string, c blogs.Change) screen.SourceSettings {
	fields := knownFields(c.Options)
	fields[0].Hint = "Named again, it is asked anew: that starts one that was stopped."
	home := screen.Field{Name: "url", Label: "Its home page", Value: c.URL}
	forget := screen.Field{Name: "forget", Label: "Comments of one post", Type: "select", Options: []screen.Option{
		{Label: "as written above", Value: ""}, {Label: "forget the pattern", Value: "1", Chosen: c.NoPattern}}}
	page := screen.SourceSettings{
		Name: name, Action: a.Site().Path(site.SourceSettings, id), Back: a.Site().Path(site.SourcePage, id),
		Fields: []screen.Field{fields[4], home, fields[3], fields[0], fields[1], fields[2], forget},
	}
	page.Was = frame.Was(page.Fields...)
	return page
}

// stored is a blog's settings as they are, for its form.
func (a *Area) stored(ctx context.Context, id int64) (name string, c blogs.Change, err error) {
	s, err := a.Blogs.Show(ctx, id, 0)
	if err != nil {
		return "", c, err
	}
	c.Name, c.URL, c.CommentsPattern = s.Name, s.URL, s.CommentsPattern
	if s.PlatformSet {
		c.Platform = s.Platform
	}
	for _, f := range s.Feeds {
		if f.Kind == digest.PostsFeed {
			c.Posts = cmp.Or(c.Posts, f.URL)
		} else {
			c.Comments = cmp.Or(c.Comments, f.URL)
		}
	}
	return s.Name, c, nil
}

func (a *Area) sourceSettings(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "source")
	if err != nil {
		return err
	}
	name, c, err := a.stored(r.Context(), id)
	if err != nil {
		return err
	}
	return a.Show(w, r, a.blogSettings(id, name, c))
}

// changeSource changes what is typed otherwise than its page showed it, so that two who
// change different things lose nothing. What somebody changed meanwhile, and this form
// changes too, is told beside its field, and stays in it.
func (a *Area) changeSource(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "source")
	if err != nil {
		return err
	}
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	name, was, err := a.stored(r.Context(), id)
	if err != nil {
		return err
	}
	page := a.blogSettings(id, name, was)
	fields, changed, collided := merged(form, page.Fields)
	page.Fields = fields
	change := blogs.Change{URL: changed["url"], NoPattern: changed["forget"] != "", Options: blogs.Known{
		Name: changed["name"], Platform: digest.Platform(changed["platform"]), Posts: changed["posts"], Comments: changed["comments"], CommentsPattern: changed["pattern"]}}
	if form.Is("anew") { // name the feeds that there are, so that they are asked again
		change.Posts, change.Comments = form.Text("posts"), form.Text("comments")
	}
	if change.NoPattern {
		change.CommentsPattern = ""
	}
	again := func(status int) error {
		page.Mistakes = screen.Mistakes(page.Fields...)
		return a.ShowAs(w, r, status, page)
	}
	said := "Nothing was changed."
	if change != (blogs.Change{}) {
		found, err := a.Blogs.Change(r.Context(), frame.By(r), id, change)
		if err != nil {
			if frame.IsOurs(err) || digest.KindOf(err) == digest.NotFound && form.Text("url") == "" {
				return err
			}
			at := fieldOf(change)
			for i := range page.Fields {
				if page.Fields[i].Name == at {
					page.Fields[i].Mistake = frame.Sentence(err)
				}
			}
			return again(http.StatusUnprocessableEntity)
		}
		said = "Saved."
		for _, n := range found.Notices {
			said += " " + sentence(n.Text)
		}
	}
	if collided {
		return again(http.StatusConflict)
	}
	return a.Back(w, r, a.Site().Path(site.SourcePage, id), said)
}

// fieldOf names the field that the error of a change is shown at: the first that was
// changed and can be wrong.
func fieldOf(c blogs.Change) string {
	for _, f := range []struct{ name, value string }{
		{"posts", c.Posts}, {"comments", c.Comments}, {"pattern", c.CommentsPattern}, {"url", c.URL}, {"platform", string(c.Platform)},
	} {
		if f.value != "" {
			return f.name
		}
	}
	return "name"
}

// removal says what it would mean to stop following a blog.
func (a *Area) removal(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "source")
	if err != nil {
		return err
	}
	s, err := a.Blogs.Show(r.Context(), id, 0)
	if err != nil {
		return err
	}
	return a.Show(w, r, screen.Consequence{
		Title: "Stop following " + s.Name, Button: "Stop following it", Danger: true,
		Lines: []string{
			"It is asked no more, and its comments are offered to no issue any more.",
			fmt.Sprintf("What is stored of it stays: %s posts and %s comments. What was picked stays in its issues.", counted(s.Posts), counted(s.Comments)),
			"Following it again takes it up where it was left.",
		},
		Action: a.Site().Path(site.SourceRemove, id), Back: screen.Link{Label: "Go on following it", Address: a.Site().Path(site.SourcePage, id)},
	})
}

func (a *Area) removeSource(w http.ResponseWriter, r *http.Request) error {
	id, err := frame.ID(r, "source")
	if err != nil {
		return err
	}
	if err := a.Blogs.Remove(r.Context(), frame.By(r), id); err != nil {
		return err
	}
	return a.Back(w, r, a.Site().Path(site.SourcesList), "It is no longer followed. What is stored of it stays.")
}

// exportPage is the form for an export.
func (a *Area) exportPage(ctx context.Context, source int64, url string) (screen.ExportImport, error) {
	page := screen.ExportImport{Action: a.Site().Path(site.SourceImport), Back: a.Site().Path(site.SourcesList), Most: fmt.Sprintf("%d MB", maxUpload>>20)}
	all, err := a.Blogs.List(ctx)
	if err != nil {
		return page, err
	}
	of := screen.Field{Name: "source", Label: "The blog that it is of", Type: "select", Options: []screen.Option{{Label: "find it out from the file", Value: "", Chosen: source == 0}}}
	for _, b := range all {
		of.Options = append(of.Options, screen.Option{Label: b.Name, Value: fmt.Sprint(b.ID), Chosen: b.ID == source})
	}
	page.Fields = []screen.Field{of, {Name: "url", Label: "The blog’s address", Value: url, Hint: "Only for a file that does not name it."}}
	c, err := a.clock(ctx)
	if err != nil {
		return page, err
	}
	t, ok, err := a.Runner.Latest(ctx, 0, beside.ImportExport)
	if ok {
		page.Task = a.task(c, t, a.Site().Path(site.SourceImport))
	}
	return page, err
}

func (a *Area) exportForm(w http.ResponseWriter, r *http.Request) error {
	page, err := a.exportPage(r.Context(), 0, "")
	if err != nil {
		return err
	}
	return a.Show(w, r, page)
}

// importExport takes an export and begins to import it.
func (a *Area) importExport(w http.ResponseWriter, r *http.Request) error {
	ctx := context.WithoutCancel(r.Context()) // an upload may take longer than other requests
	u, err := readUpload(w, r, maxUpload)
	if err == nil && u.Path == "" {
		err = digest.Fail(digest.Invalid, "Choose the file that the blog’s owner downloaded.", "there is no file")
	}
	if err == nil {
		_, err = a.Blogs.Import(ctx, frame.By(r), blogs.Export{Name: u.Name, Path: u.Path, Source: u.Number("source"), URL: u.Text("url")})
	}
	if err != nil {
		if frame.IsOurs(err) {
			return err
		}
		page, perr := a.exportPage(ctx, u.Number("source"), u.Text("url"))
		if perr != nil {
			return perr
		}
		page.Mistakes = []screen.Field{{Name: "file", Label: "The file", Mistake: frame.Sentence(err)}}
		return a.Refuse(w, r, page)
	}
	return a.Back(w, r, a.Site().Path(site.SourceImport), "The import has begun. It runs beside; you may leave this page.")
}
