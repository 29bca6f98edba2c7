// Package blog keeps what is pulled: sources and their feeds, posts, comments with
// their earlier texts, and what is remembered of single posts' feeds.
package blog

import "postbag/digest/store/database"

// Store keeps blogs.
type Store struct{ *database.DB }
