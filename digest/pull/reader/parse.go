package reader

import (
	"postbag/digest"
	"postbag/digest/feed"
	"postbag/digest/pull"
	"postbag/digest/pull/platform"
)

// TakenFor is what a source's feeds are taken for.
type TakenFor struct {
	Platform digest.Platform // "" for what they say
	Said     bool            // by a person, which counts more than what they say
}

// Parse reads an answer as a feed of a kind, or of any. One that does not say what
// made it is read as the platform writes that it is taken for, if that can be; one
// that names another, when a person said which it is. Addresses that it names by http
// and that are there by https are given so.
func Parse(resp *pull.Response, want digest.FeedKind, as TakenFor) (*feed.Document, error) {
	doc, err := parse(resp, want, as)
	if err == nil {
		platform.SecureFeed(doc, resp.URL)
	}
	return doc, err
}

func parse(resp *pull.Response, want digest.FeedKind, as TakenFor) (*feed.Document, error) {
	opts := feed.Options{ContentType: resp.ContentType, URL: resp.URL, Want: want}
	doc, err := feed.Parse(resp.Body, opts)
	if err != nil && as.Said {
		opts.Platform = as.Platform
		if other, err := feed.Parse(resp.Body, opts); err == nil {
			return other, nil
		}
	}
	if err != nil || as.Platform == "" || doc.Platform == as.Platform {
		return doc, err
	}
	least := doc.Entries()
	switch {
	case as.Said && doc.Platform != digest.Generic:
		if doc.Kind == digest.CommentsFeed && platform.TraitsOf(doc.Platform).KeepsOthers {
			return doc, nil
		}
		least = min(least, 1)
	case doc.Platform != digest.Generic:
		return doc, nil
	}
	opts.Platform = as.Platform
	if other, err := feed.Parse(resp.Body, opts); err == nil && other.Entries() >= least {
		return other, nil
	}
	return doc, nil
}
