package pages

import (
	"postbag/digest"
	"postbag/digest/store/blog"
	"postbag/digest/store/database"
)

// given is a set of what an entry gives of all that a row may have. The column of
// that name holds what the row was given, so that nothing is read of what an
// unchanged page brings again. It may hold too little, as of old rows.
type given int64

const (
	givenURL given = 1 << iota
	givenAuthor
	givenKey

	// Of posts.
	givenURLKey
	givenRef
	givenCommentsURL

	// Of comments.
	givenAuthorURI
	givenPostRef
	givenPostKey
	givenParentRef
	givenParentKey
	givenWords

	// Of both.
	givenDate
)

// giving is one thing, and whether it is given.
type giving struct {
	what given
	is   bool
}

func givenOf(things ...giving) (all given) {
	for _, t := range things {
		if t.is {
			all |= t.what
		}
	}
	return all
}

func givenByPost(p *digest.Post) given {
	return givenOf(
		giving{givenURL, p.URL != ""}, giving{givenAuthor, p.Author != ""}, giving{givenKey, p.Key != ""},
		giving{givenURLKey, p.URLKey != ""}, giving{givenDate, !p.Undated && !p.Published.IsZero()}, giving{givenRef, p.Ref != ""}, giving{givenCommentsURL, p.CommentsURL != ""})
}

func givenByComment(c *digest.Comment) given {
	return givenOf(
		giving{givenURL, c.URL != ""}, giving{givenAuthor, c.Author != ""}, giving{givenKey, c.Key != ""},
		giving{givenAuthorURI, c.AuthorURI != ""},
		giving{givenPostRef, c.PostRef != ""}, giving{givenPostKey, c.PostKey != ""},
		giving{givenParentRef, c.ParentRef != ""}, giving{givenParentKey, c.ParentKey != ""},
		giving{givenWords, c.Words > 0}, giving{givenDate, !c.Undated && !c.Published.IsZero()})
}

// filledBy gives what a comment may fill in. A text for one without words is an
// edit, but for where words are kept.
func (s *storing) filledBy(c *digest.Comment, has given) given {
	fills := givenByComment(c) &^ has
	if !s.page.KeepWords {
		fills &^= givenWords
	}
	return fills
}

// fillComment fills in what a stored comment lacks of what an entry gives.
func (s *storing) fillComment(c digest.Comment, k *storedComment, fills given) error {
	if fills&givenAuthor != 0 && k.author == "" || fills&givenDate != 0 && k.undated {
		s.changed(blog.KindComment, k.id)
	}
	if fills&givenKey != 0 {
		s.newCommentKeys[c.Key] = k.id
	}
	if fills&givenWords != 0 && k.words == 0 {
		if err := s.fillWords(c, k.id); err != nil {
			return err
		}
	}
	const references = givenPostRef | givenPostKey | givenParentRef | givenParentKey
	if fills&references != 0 && (k.postID == 0 || k.parentID == 0) {
		c.ID = k.id
		s.untied = append(s.untied, c)
	}
	_, err := s.Exec(`
		UPDATE comments SET url = CASE url WHEN '' THEN $1 ELSE url END,
			author = CASE author WHEN '' THEN $2 ELSE author END,
			key = CASE key WHEN '' THEN $3 ELSE key END,
			author_uri = CASE author_uri WHEN '' THEN $4 ELSE author_uri END,
			post_ref = CASE post_ref WHEN '' THEN $5 ELSE post_ref END,
			post_key = CASE post_key WHEN '' THEN $6 ELSE post_key END,
			parent_ref = CASE parent_ref WHEN '' THEN $7 ELSE parent_ref END,
			parent_key = CASE parent_key WHEN '' THEN $8 ELSE parent_key END,
			published = CASE WHEN undated = 1 AND $11 = 0 THEN $12 ELSE published END,
			undated = CASE $11 WHEN 0 THEN 0 ELSE undated END,
			given = $9
		WHERE id = $10`,
		c.URL, c.Author, c.Key, c.AuthorURI, c.PostRef, c.PostKey, c.ParentRef, c.ParentKey, int64(k.given()|fills), k.id,
		c.Undated, c.Published)
	return err
}

// fillWords gives a comment without words its text.
func (s *storing) fillWords(c digest.Comment, id int64) error {
	body, err := database.JSON(c.Body)
	if err != nil {
		return err
	}
	s.changed(blog.KindComment, id)
	_, err = s.Exec(`UPDATE comments SET hash = $1, words = $2, body = $3 WHERE id = $4`, c.Hash, c.Words, body, id)
	return err
}

// fillPost fills in what a stored post lacks of what an entry gives.
func (s *storing) fillPost(p digest.Post, k *storedPost, fills given) error {
	if fills&givenAuthor != 0 && k.author == "" || fills&givenDate != 0 && k.undated {
		s.changed(blog.KindPost, k.id)
	}
	s.arrived(p, k.id)
	_, err := s.Exec(`
		UPDATE posts SET url = CASE url WHEN '' THEN $1 ELSE url END,
			author = CASE author WHEN '' THEN $2 ELSE author END,
			key = CASE key WHEN '' THEN $3 ELSE key END,
			url_key = CASE url_key WHEN '' THEN $4 ELSE url_key END,
			ref = CASE ref WHEN '' THEN $5 ELSE ref END,
			comments_url = CASE comments_url WHEN '' THEN $6 ELSE comments_url END,
			published = CASE WHEN undated = 1 AND $9 = 0 THEN $10 ELSE published END,
			undated = CASE $9 WHEN 0 THEN 0 ELSE undated END,
			given = $7
		WHERE id = $8`,
		p.URL, p.Author, p.Key, p.URLKey, p.Ref, p.CommentsURL, k.given|int64(fills), k.id, p.Undated, p.Published)
	return err
}
