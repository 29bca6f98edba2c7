package discover

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
	"postbag/digest/pull/platform"
)

// Finder finds blogs behind addresses, and adds and changes sources.
type Finder struct{ *pull.Tools }

// New makes a finder.
func New(t *pull.Tools) *Finder { return &Finder{t} }

// Options say what is known of a blog, so that it need not be found.
type Options struct {
	// Posts and Comments are the addresses of its feeds. They are read and have to
	// list what they are named for.
	Posts, Comments string
	// CommentsPattern is as in [digest.Source]. It is tried on the newest post.
	CommentsPattern string
	// Platform is what the blog runs on, whatever its feeds say; "" leaves it to them.
	Platform digest.Platform
	Name     string // what to call it; "" means its own title
	// Later is after how long the schedule pulls it first: for somebody who pulls it
	// themselves at once.
	Later time.Duration
}

// CheckAddress tells what of an address and of options can never work, before
// anything is asked; the error is of kind Invalid.
func CheckAddress(rawURL string, opts Options) error {
	_, err := opts.checked()
	if err == nil && rawURL != "" {
		_, _, err = identity.Tidy(rawURL)
	}
	return err
}

// checked tidies the options; what cannot work is an error of kind Invalid.
func (o Options) checked() (Options, error) {
	for _, address := range []*string{&o.Posts, &o.Comments} {
		if *address == "" {
			continue
		}
		tidied, _, err := identity.Tidy(*address)
		if err != nil {
			return o, err
		}
		*address = platform.Secure(tidied, "")
	}
	if o.Posts != "" && (o.Posts == o.Comments || sameKey(o.Posts, o.Comments)) {
		return o, oneForBoth(o.Posts)
	}
	o.Name = strings.Join(strings.Fields(o.Name), " ")
	if utf8.RuneCountInString(o.Name) > field.MaxTitle || !utf8.ValidString(o.Name) || strings.ContainsFunc(o.Name, unicode.IsControl) {
		return o, digest.Fail(digest.Invalid, "Give a shorter one, in plain letters.", "the name is longer than %d characters, or not plain text", field.MaxTitle)
	}
	if err := platform.CheckPattern(o.CommentsPattern); err != nil {
		return o, err
	}
	return o, checkPlatform(o.Platform)
}

// sameKey tells that two addresses are one, but for their schemes and the like.
func sameKey(a, b string) bool {
	key := identity.Hosts{}.Key(a, false)
	return key != "" && key == identity.Hosts{}.Key(b, false)
}

// oneForBoth says that a feed cannot be that of the posts and that of the comments.
func oneForBoth(address string) error {
	return digest.Fail(digest.Invalid, "Name it as one of the two; a feed of comments is followed without one of posts, too.",
		"the feed %s is named for the posts and for the comments", address)
}

func checkPlatform(p digest.Platform) error {
	if p == "" || slices.Contains(digest.Platforms(), p) {
		return nil
	}
	var names []string
	for _, known := range digest.Platforms() {
		names = append(names, string(known))
	}
	return digest.Fail(digest.Invalid, "Postbag knows "+strings.Join(names, ", ")+".", "%q is no platform", string(p))
}

// Add finds the blog behind an address, as [Finder.Discover] does, and stores
// it as a source; it pulls nothing yet, and its feeds are due at once. When no
// series exists, first is created. A blog that was removed is taken up again, and
// one that an import brought without feeds gets them. One that is followed
// already, under these addresses or others, is an error of kind Conflict. It feeds the
// series with the given slugs, without any the oldest one; an unknown slug is an error of
// kind NotFound.
func (f *Finder) Add(ctx context.Context, by digest.Actor, rawURL string, first digest.Series, opts Options, series ...string) (Found, error) {
	found, err := f.Discover(ctx, rawURL, opts)
	if err != nil {
		return Found{}, err
	}
	if err := f.attach(ctx, &found); err != nil {
		return Found{}, err
	}
	now := f.Clock.Now()
	found.Source.AddedAt = now
	for i := range found.Feeds {
		found.Feeds[i].NextPoll = now.Add(opts.Later)
	}
	if err := f.Store.AddSource(ctx, by, &found.Source, found.Feeds, first, series...); err != nil {
		return Found{}, fmt.Errorf("add %q: %w", found.Source.Name, err)
	}
	if found.Attached {
		if err := f.Store.SaveSource(ctx, by, found.Source); err != nil {
			return Found{}, fmt.Errorf("add %q: %w", found.Source.Name, err)
		}
	}
	f.Log.Info("a source was added", "source", found.Source.ID, "name", found.Source.Name, "by", by.Name)
	return found, nil
}

// Remove stops following a source. What is stored of it stays, and adding the blog
// again takes it up. The error is of kind NotFound for a source that is not followed.
func (f *Finder) Remove(ctx context.Context, by digest.Actor, sourceID int64) error {
	if err := f.Store.RemoveSource(ctx, by, sourceID); err != nil {
		return err
	}
	f.Log.Info("a source was removed", "source", sourceID, "by", by.Name)
	return nil
}
