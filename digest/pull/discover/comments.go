package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/lazyregexp"
	"postbag/digest/pull"
	"postbag/digest/pull/platform"
	"postbag/digest/webpage"
)

// commentFeeds are where the comments of a blog come from.
type commentFeeds struct {
	all     *answer // the feed of all comments; nil for none
	pattern string  // of the feed of one post's comments; "" for none
	silent  bool    // none come by feed
	notices []pull.Notice
}

// note adds a notice.
func (t *commentFeeds) note(format string, args ...any) {
	t.notices = append(t.notices, pull.Notice{Text: fmt.Sprintf(format, args...)})
}

// comments finds where the comments of a blog come from: what the options name,
// else its own feed of all comments, else a comment embed on its pages, else the
// feeds that its posts name. Finding none is no error.
func (s *search) comments(ctx context.Context, posts *answer, at platform.Feeds) (commentFeeds, error) {
	var t commentFeeds
	if err := s.fromOptions(ctx, posts, &t); err != nil || t.all != nil || t.pattern != "" {
		return t, err
	}
	own, err := s.ownComments(ctx, posts, at)
	if err != nil {
		return t, err
	}
	t.all = s.inAtom(ctx, own, at)
	if own != nil && own.doc.Entries() > 0 {
		return t, nil
	}
	why, never := platform.NoComments(posts.doc.Platform, posts.url)
	if !never && (!perPost(posts) || posts.doc.Platform == digest.WordPress) {
		if err := s.lookAtPost(ctx, posts, own == nil); err != nil {
			return t, err
		}
		if own == nil {
			if t.all, err = s.announcedComments(ctx, posts); err != nil {
				return t, err
			}
			if t.all == nil {
				t.pattern = s.announcedPattern(ctx, posts)
			}
			if t.pattern != "" {
				t.note("there is no feed of all comments; those of each post are read from its own")
				return t, nil
			}
		}
		if t.all == nil || t.all.doc.Entries() == 0 {
			s.embeds(ctx, posts, &t)
		}
	}
	t.conclude(posts, why)
	return t, nil
}

// fromOptions reads what the options say of comments.
func (s *search) fromOptions(ctx context.Context, posts *answer, t *commentFeeds) (err error) {
	if s.opts.Comments != "" {
		if t.all, err = s.named(ctx, s.opts.Comments, digest.CommentsFeed); err != nil {
			return fmt.Errorf("read the comments feed: %w", err)
		}
		if t.all.url == posts.url {
			return oneForBoth(posts.url)
		}
	}
	if t.pattern = s.opts.CommentsPattern; t.pattern == "" {
		return nil
	}
	note, err := s.given(ctx, t.pattern, posts)
	if note != "" {
		t.note("%s", note)
	}
	return err
}

// ownComments reads the blog's own feed of all comments, at the first of its
// possible addresses that has one; nil for none. A feed that cannot be reached
// is an error: it may be there.
func (s *search) ownComments(ctx context.Context, posts *answer, at platform.Feeds) (*answer, error) {
	ways := slices.Clone(at.Comments)
	for _, more := range platform.FeedsOf(s.platform(posts.doc), cmp.Or(posts.doc.SelfURL, posts.url)).Comments {
		if posts.doc.Platform != digest.WordPress && related(more, posts.url) && !slices.Contains(ways, more) {
			ways = append(ways, more)
		}
	}
	// Drupal's module for feeds of comments (Comment RSS) keeps that of all above those
	// of nodes, which the posts name.
	for _, e := range posts.doc.Posts {
		if top, _, ok := strings.Cut(e.CommentsURL, "/crss/node/"); ok && !slices.Contains(ways, top+"/crss") {
			ways = append(ways, top+"/crss")
			break
		}
	}
	return s.any(ctx, ofAll(ways, posts))
}

// inAtom is the address of a WordPress feed in Atom.
var inAtom = lazyregexp.New(`/atom/?$|feed=(?:comments-)?atom$`)

// inAtom gives WordPress's feed of comments in Atom, if it has that beside the one found
// and there is a request left to ask for it: only there replies of every age name their
// parents, and writers their pages.
func (s *search) inAtom(ctx context.Context, found *answer, at platform.Feeds) *answer {
	if found == nil || found.doc.Platform != digest.WordPress || inAtom.MatchString(found.url) || s.left() == 0 {
		return found
	}
	i := slices.IndexFunc(at.Comments, inAtom.MatchString)
	if i < 0 {
		return found
	}
	if a, err := s.feed(ctx, at.Comments[i], digest.CommentsFeed, digest.CommentsFeed); err == nil {
		return a
	}
	return found
}

// ofAll leaves out the feed of the posts itself, and feeds whose addresses begin with
// that of a post: these list its comments only.
func ofAll(ways []string, posts *answer) []string {
	return slices.DeleteFunc(slices.Clone(ways), func(way string) bool {
		return way == posts.url || slices.ContainsFunc(posts.doc.Posts, func(e feed.PostEntry) bool { return behind(way, e.URL) != "" })
	})
}

// behind gives what an address has behind that of a post; "" if it does not begin
// with it, or if the post is a home page.
func behind(address, post string) string {
	u, err := url.Parse(post)
	if err != nil || len(u.Path) < 2 || u.RawQuery != "" {
		return ""
	}
	rest, ok := strings.CutPrefix(address, strings.TrimSuffix(post, "/"))
	if !ok || rest == "" || !strings.ContainsAny(rest[:1], "/.?") {
		return ""
	}
	return rest
}

// any is first, but that finding nothing is no error.
func (s *search) any(ctx context.Context, addresses []string) (*answer, error) {
	a, err := s.first(ctx, addresses, digest.CommentsFeed)
	if kind := digest.KindOf(err); err == nil || kind == digest.NotFound || kind == digest.Invalid {
		return a, nil
	}
	return nil, fmt.Errorf("read the comments feed: %w", err)
}

// lookAtPost reads the page of the newest post, where comment embeds stand, unless
// a page read before tells of one.
func (s *search) lookAtPost(ctx context.Context, posts *answer, keepOne bool) error {
	for _, p := range s.pages {
		if len(p.Embeds) > 0 {
			return nil
		}
	}
	if s.left() == 0 || keepOne && s.left() == 1 { // what the page tells of has to be read, too
		return nil
	}
	for _, e := range posts.doc.Posts {
		if e.URL == "" || !related(e.URL, cmp.Or(posts.doc.HomeURL, posts.url)) {
			continue
		}
		if slices.ContainsFunc(s.pages, func(p seenPage) bool { return p.url == e.URL }) {
			return nil
		}
		resp, err := s.get(ctx, e.URL, acceptAny)
		if err == nil && isPage(resp) {
			s.page(resp)
		}
		return ctx.Err() // a post that cannot be read says nothing about the blog
	}
	return nil
}

// announcedComments reads the feed of all comments that a page read so far
// announces; nil for none.
func (s *search) announcedComments(ctx context.Context, posts *answer) (*answer, error) {
	for _, p := range s.pages {
		if a, err := s.any(ctx, ofAll(linkedFeeds(p.Page, p.url).comments, posts)); err != nil || a != nil {
			return a, err
		}
	}
	return nil, nil
}

// announcedPattern makes a pattern of the feed of its own comments that the page
// of a post announces, if that holds for the newest post, too; "" for none.
func (s *search) announcedPattern(ctx context.Context, posts *answer) string {
	for _, p := range s.pages {
		for _, l := range append(slices.Clone(p.Links), p.Anchors...) {
			kind := kindOf(l, p.Page, p.url)
			rest := behind(l.URL, p.url)
			if kind != ofComments && kind != ofOnePost || rest == "" || strings.ContainsAny(rest, "{}") {
				continue
			}
			pattern := "{root}{path}" + strings.TrimPrefix(rest, "/")
			if !strings.HasSuffix(p.url, "/") {
				pattern = "{root}{path}" + rest
			}
			if seen, err := s.tryPattern(ctx, pattern, posts); err == nil && seen {
				return pattern
			}
		}
	}
	return ""
}

// embeds takes the comments of the first comment embed that can be read, and says
// what else it saw.
func (s *search) embeds(ctx context.Context, posts *answer, t *commentFeeds) {
	for _, p := range s.pages {
		for _, b := range p.Embeds {
			switch {
			case b.Feed != "":
				a, err := s.named(ctx, b.Feed, digest.CommentsFeed)
				if err == nil {
					t.all = a
					t.note("its comments are kept by %s", b.Name)
					return
				}
				t.unread(b, b.Feed, err)
			case b.Pattern != "":
				if seen, err := s.tryPattern(ctx, b.Pattern, posts); err == nil && seen {
					t.pattern = b.Pattern
					t.note("its comments are kept by %s, which has a feed for each post", b.Name)
					return
				}
				t.note("its comments are kept by %s, whose feeds do not answer as %s; they may be switched off", b.Name, b.Pattern)
			default:
				t.note("its comments are kept by %s, and the page names no feed of them", b.Name)
			}
		}
	}
}

// unread says why the feed of a comment embed was not taken.
func (t *commentFeeds) unread(b webpage.Embed, address string, err error) {
	if errors.Is(err, errSpent) {
		t.note("its comments are kept by %s; %s was not read, for that would have been one request too many", b.Name, address)
		return
	}
	t.note("its comments are kept by %s, and their feed could not be read: %v", b.Name, err)
}

// conclude says how comments will come, where they do not come by a feed of all.
func (t *commentFeeds) conclude(posts *answer, why string) {
	switch {
	case t.all != nil:
		if t.all.doc.Entries() == 0 {
			t.note("the blog has no comments yet")
		}
	case t.pattern != "":
	case perPost(posts):
		t.note("there is no feed of all comments; those of each post are read from its own")
	case why != "":
		t.silent = true
		t.note("%s", why)
	default:
		t.silent = true
		t.note("no feed of comments was found, so only the posts will come")
	}
}

// perPost tells whether the posts name feeds of their own comments.
func perPost(posts *answer) bool {
	return slices.ContainsFunc(posts.doc.Posts, func(e feed.PostEntry) bool { return e.CommentsURL != "" })
}
