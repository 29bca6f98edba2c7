package blog_test

import (
	"testing"

	"postbag/digest/store/blog"
	"postbag/digest/store/storetest"
)

func TestStatementsScanNoLargeTable(t *testing.T) {
	storetest.Plans(t, storetest.ManyComments, blog.Statements, func(y storetest.Years) map[string][]string {
		return map[string][]string{
			"versions":          {"3", "50"},
			"source of posts":   {y.Page},
			"newest listings":   {"1", "50"},
			"listings after":    {"1", "3", "50"},
			"listings of posts": {"1", "[1,2,3,4,5]", "50"},
			"followed":          {"1"},
			"newest comments":   {"50"},
			"newest of source":  {"1", "50"},
			"newest of post":    {"3", "50"},
		}
	})
}
