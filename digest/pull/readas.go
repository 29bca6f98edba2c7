package pull

import (
	"slices"

	"postbag/digest"
	"postbag/digest/feed"
)

// taken is what a source's feeds are taken for.
type taken struct {
	platform digest.Platform // "" for what they say
	said     bool            // by a person, which counts more than what they say
}

// elsewhere are platforms that keep the comments of blogs that others make. Their
// feeds stay theirs, whatever is said of the blog.
var elsewhere = []digest.Platform{digest.Disqus, digest.Isso, digest.Remark42, digest.GitHub, digest.Discourse}

// readAs reads an answer as a feed of a kind, or of any. One that does not say what
// made it is read as the platform writes that it is taken for, if that can be; one
// that names another, when a person said which it is.
func readAs(resp *Response, want digest.FeedKind, as taken) (*feed.Document, error) {
	opts := feed.Options{ContentType: resp.ContentType, URL: resp.URL, Want: want}
	doc, err := feed.Parse(resp.Body, opts)
	if err != nil && as.said {
		opts.Platform = as.platform
		if other, err := feed.Parse(resp.Body, opts); err == nil {
			return other, nil
		}
	}
	if err != nil || as.platform == "" || doc.Platform == as.platform {
		return doc, err
	}
	least := doc.Entries()
	switch {
	case as.said && doc.Platform != digest.Generic:
		if doc.Kind == digest.CommentsFeed && slices.Contains(elsewhere, doc.Platform) {
			return doc, nil
		}
		least = min(least, 1)
	case doc.Platform != digest.Generic:
		return doc, nil
	}
	opts.Platform = as.platform
	if other, err := feed.Parse(resp.Body, opts); err == nil && other.Entries() >= least {
		return other, nil
	}
	return doc, nil
}
