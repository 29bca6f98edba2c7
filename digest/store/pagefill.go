package store

import (
	"postbag/digest"
)

// lack is a set of what a stored entry lacks, or an entry of a page brings. The
// two are compared, so that no name is read of what is complete.
type lack int

// What posts and comments can lack; the numbers stand in the queries too.
const (
	lackURL    lack = 1
	lackAuthor lack = 2
	lackKey    lack = 4

	// Posts.
	lackURLKey      lack = 8
	lackRef         lack = 16
	lackCommentsURL lack = 32

	// Comments.
	lackAuthorURI lack = 8
	lackPostRef   lack = 16
	lackPostKey   lack = 32
	lackParentRef lack = 64
	lackParentKey lack = 128
	lackWords     lack = 256
	lackMarker    lack = 512 // it is gone, and other signs said so
)

const (
	postLacks = `(CASE url WHEN '' THEN 1 ELSE 0 END + CASE author WHEN '' THEN 2 ELSE 0 END
		+ CASE key WHEN '' THEN 4 ELSE 0 END + CASE url_key WHEN '' THEN 8 ELSE 0 END
		+ CASE ref WHEN '' THEN 16 ELSE 0 END + CASE comments_url WHEN '' THEN 32 ELSE 0 END)`

	commentLacks = `(CASE url WHEN '' THEN 1 ELSE 0 END + CASE author WHEN '' THEN 2 ELSE 0 END
		+ CASE key WHEN '' THEN 4 ELSE 0 END + CASE author_uri WHEN '' THEN 8 ELSE 0 END
		+ CASE post_ref WHEN '' THEN 16 ELSE 0 END + CASE post_key WHEN '' THEN 32 ELSE 0 END
		+ CASE parent_ref WHEN '' THEN 64 ELSE 0 END + CASE parent_key WHEN '' THEN 128 ELSE 0 END
		+ CASE words WHEN 0 THEN 256 ELSE 0 END
		+ CASE WHEN gone = 1 AND gone_by <> 'marker' THEN 512 ELSE 0 END)`
)

// brings gives what of some things is there.
func brings(things ...bringing) (all lack) {
	for _, t := range things {
		if t.there {
			all |= t.what
		}
	}
	return all
}

type bringing struct {
	what  lack
	there bool
}

// broughtBy gives what a comment brings. A text is brought to one without words
// only where words are kept; else it is an edit.
func (s *storing) broughtBy(c digest.Comment) lack {
	return brings(
		bringing{lackURL, c.URL != ""}, bringing{lackAuthor, c.Author != ""}, bringing{lackKey, c.Key != ""},
		bringing{lackAuthorURI, c.AuthorURI != ""},
		bringing{lackPostRef, c.PostRef != ""}, bringing{lackPostKey, c.PostKey != ""},
		bringing{lackParentRef, c.ParentRef != ""}, bringing{lackParentKey, c.ParentKey != ""},
		bringing{lackWords, s.page.KeepWords && c.Words > 0},
		bringing{lackMarker, signOf(c) == digest.ByMarker})
}

func broughtByPost(p digest.Post) lack {
	return brings(
		bringing{lackURL, p.URL != ""}, bringing{lackAuthor, p.Author != ""}, bringing{lackKey, p.Key != ""},
		bringing{lackURLKey, p.URLKey != ""}, bringing{lackRef, p.Ref != ""}, bringing{lackCommentsURL, p.CommentsURL != ""})
}

// fillComment fills in what a stored comment lacks.
func (s *storing) fillComment(c digest.Comment, k *storedComment) error {
	fills := k.lacks & s.broughtBy(c)
	if fills&(lackAuthor|lackWords) != 0 {
		s.changed(kindComment, k.id)
	}
	if fills&lackKey != 0 {
		s.newCommentKeys[c.Key] = k.id
	}
	if fills&(lackPostRef|lackPostKey|lackParentRef|lackParentKey) != 0 {
		c.ID = k.id
		s.untied = append(s.untied, c)
	}
	if fills&lackWords != 0 {
		if err := s.fillWords(c, k.id); err != nil {
			return err
		}
	}
	_, err := s.exec(`
		UPDATE comments SET url = CASE url WHEN '' THEN $1 ELSE url END,
			author = CASE author WHEN '' THEN $2 ELSE author END,
			key = CASE key WHEN '' THEN $3 ELSE key END,
			author_uri = CASE author_uri WHEN '' THEN $4 ELSE author_uri END,
			post_ref = CASE post_ref WHEN '' THEN $5 ELSE post_ref END,
			post_key = CASE post_key WHEN '' THEN $6 ELSE post_key END,
			parent_ref = CASE parent_ref WHEN '' THEN $7 ELSE parent_ref END,
			parent_key = CASE parent_key WHEN '' THEN $8 ELSE parent_key END,
			gone_by = CASE WHEN $9 = 1 THEN 'marker' ELSE gone_by END,
			gone_reason = CASE WHEN $9 = 1 THEN $10 ELSE gone_reason END
		WHERE id = $11`,
		c.URL, c.Author, c.Key, c.AuthorURI, c.PostRef, c.PostKey, c.ParentRef, c.ParentKey,
		fills&lackMarker != 0, c.GoneReason, k.id)
	return err
}

// fillWords gives a comment without words its text.
func (s *storing) fillWords(c digest.Comment, id int64) error {
	body, err := pack(c.Body)
	if err != nil {
		return err
	}
	_, err = s.exec(`UPDATE comments SET hash = $1, words = $2, body = $3 WHERE id = $4`, c.Hash, c.Words, body, id)
	return err
}

// fillPost fills in what a stored post lacks.
func (s *storing) fillPost(p digest.Post, k *storedPost) error {
	if k.lacks&broughtByPost(p)&lackAuthor != 0 {
		s.changed(kindPost, k.id)
	}
	s.arrived(p, k.id)
	_, err := s.exec(`
		UPDATE posts SET url = CASE url WHEN '' THEN $1 ELSE url END,
			author = CASE author WHEN '' THEN $2 ELSE author END,
			key = CASE key WHEN '' THEN $3 ELSE key END,
			url_key = CASE url_key WHEN '' THEN $4 ELSE url_key END,
			ref = CASE ref WHEN '' THEN $5 ELSE ref END,
			comments_url = CASE comments_url WHEN '' THEN $6 ELSE comments_url END
		WHERE id = $7`,
		p.URL, p.Author, p.Key, p.URLKey, p.Ref, p.CommentsURL, k.id)
	return err
}
