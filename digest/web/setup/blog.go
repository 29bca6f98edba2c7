package setup

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/setup"
	"postbag/digest/site"
	"postbag/digest/web/frame"
	"postbag/templates/screen"
)

// asked is what was typed about a blog.
type asked struct {
	address string
	known   setup.Known
}

func askedOf(f frame.Form) asked {
	a := asked{f.Text("address"), setup.Known{
		Posts: f.Text("posts"), Comments: f.Text("comments"), Platform: digest.Platform(f.Text("platform")), Name: f.Text("name"),
	}}
	if choice := f.Text("choice"); choice != "" {
		a.known.Posts = choice
	}
	return a
}

// screen is the page with what was typed.
func (a Area) blogScreen(r *http.Request, in asked) (screen.SetupBlog, error) {
	at, err := a.Setup.Standing(r.Context())
	if err != nil {
		return screen.SetupBlog{}, err
	}
	s := screen.SetupBlog{
		Setup:  a.around(at, setup.BlogStep),
		Follow: a.Site().Path(site.SetupFollow),
		Known:  in.known != setup.Known{},
		Address: screen.Field{Name: "address", Label: "The blog’s address", Value: in.address, Max: 2000, Autocomplete: "url",
			Hint: "Its home page, a post, or a feed: any address of it will do."},
		Posts:    screen.Field{Name: "posts", Label: "The feed of its posts", Value: in.known.Posts, Max: 2000},
		Comments: screen.Field{Name: "comments", Label: "The feed of all its comments", Value: in.known.Comments, Max: 2000},
		Platform: screen.Field{Name: "platform", Label: "What it runs on", Type: "select", Options: platforms(in.known.Platform)},
		Name:     screen.Field{Name: "name", Label: "What to call it", Value: in.known.Name, Max: 200, Hint: "Instead of its own title."},
	}
	if at.Source.ID != 0 {
		s.Followed = []screen.SetupFollowed{{Name: at.Source.Name, Address: at.Source.URL, Page: a.Site().Act(digest.Act{Do: digest.ShowSource, Source: at.Source.ID})}}
	}
	return s, nil
}

func platforms(chosen digest.Platform) []screen.Option {
	all := []screen.Option{{Value: "", Label: "What its feeds say", Chosen: chosen == ""}}
	for _, p := range digest.Platforms() {
		all = append(all, screen.Option{Value: string(p), Label: string(p), Chosen: p == chosen})
	}
	return all
}

func (a Area) blog(w http.ResponseWriter, r *http.Request) error {
	s, err := a.blogScreen(r, asked{})
	if err != nil {
		return err
	}
	return a.Show(w, r, s)
}

// look shows what was found behind an address.
func (a Area) look(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	in := askedOf(form)
	s, err := a.blogScreen(r, in)
	if err != nil {
		return err
	}
	found, err := a.Setup.Look(r.Context(), in.address, in.known)
	if err != nil {
		return a.refuseBlog(w, r, s, err)
	}
	shown := shownBlog(found)
	s.Found = &shown
	return a.Show(w, r, s)
}

// follow follows the blog that was looked at.
func (a Area) follow(w http.ResponseWriter, r *http.Request) error {
	form, err := frame.ReadForm(r)
	if err != nil {
		return err
	}
	in := askedOf(form)
	found, err := a.Setup.Follow(r.Context(), frame.By(r), in.address, in.known)
	if err != nil {
		s, failed := a.blogScreen(r, in)
		if failed != nil {
			return failed
		}
		return a.refuseBlog(w, r, s, err)
	}
	return a.Back(w, r, a.Site().Path(site.SetupSeries), found.Source.Name+" is followed, and is being read.")
}

// refuseBlog says why a blog was not found: beside the address, with the feeds to choose
// from where there are several. What is our own fault is no mistake of the form.
func (a Area) refuseBlog(w http.ResponseWriter, r *http.Request, s screen.SetupBlog, err error) error {
	if frame.IsOurs(err) {
		return err
	}
	if several, ok := errors.AsType[*setup.Ambiguous](err); ok {
		for _, c := range several.Choices {
			s.Choices = append(s.Choices, screen.SetupChoice{Title: c.Title, Kind: c.Kind, Address: c.URL})
		}
		s.Choices = likelyFirst(s.Choices)
		s.Posts.Value = ""
		return a.Refuse(w, r, s)
	}
	s.Address.Mistake = frame.Sentence(err)
	acts := digest.ActsOf(err)
	if i := slices.IndexFunc(acts, func(x digest.Act) bool { return x.Do == digest.AllowHost }); i >= 0 {
		s.Address.Mistake += " To let it through, start Postbag with --fetch-allow " + acts[i].Name + "."
		acts = slices.Delete(slices.Clone(acts), i, i+1)
	}
	for _, act := range acts {
		if address := a.Site().Act(act); address != "" && act.Do != digest.AddSource {
			s.Acts = append(s.Acts, screen.Link{Label: act.Do.Label(), Address: address})
		}
	}
	return a.Refuse(w, r, s)
}

// mostChoices is how many feeds are offered.
const mostChoices = 20

// likelyFirst puts feeds of posts before others, and bounds them.
func likelyFirst(all []screen.SetupChoice) []screen.SetupChoice {
	slices.SortStableFunc(all, func(x, y screen.SetupChoice) int {
		rank := func(c screen.SetupChoice) int {
			if c.Kind == "posts" {
				return 0
			}
			return 1
		}
		return rank(x) - rank(y)
	})
	return all[:min(len(all), mostChoices)]
}

// shownBlog is what was found, for the page.
func shownBlog(found setup.Found) screen.SetupFound {
	out := screen.SetupFound{
		Name: found.Source.Name, Platform: string(found.Source.Platform), Language: found.Source.Language,
		Home: found.Source.URL, Silent: found.Silent,
	}
	if found.Source.Platform == digest.Generic {
		out.Platform = "something that its feeds do not name"
	}
	for _, f := range found.Feeds {
		kind := "Feed of posts"
		if f.Kind == digest.CommentsFeed {
			kind = "Feed of comments"
		}
		out.Feeds = append(out.Feeds, screen.SetupFeed{Kind: kind, Address: f.URL})
	}
	if pattern := found.Source.CommentsPattern; pattern != "" {
		out.Feeds = append(out.Feeds, screen.SetupFeed{Kind: "Comments of a post", Address: pattern})
	}
	for _, s := range found.Says() {
		out.Says = append(out.Says, s+".")
	}
	for _, n := range found.Notices {
		out.Notices = append(out.Notices, strings.ToUpper(n.Text[:1])+n.Text[1:]+".")
	}
	return out
}
