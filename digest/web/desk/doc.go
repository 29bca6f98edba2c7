// Package desk joins the areas of the editor's desk into one handler: it routes,
// refuses requests from other sites, serves the desk's styles and scripts, and says
// what stands above each page. What a page does is in the area's package.
package desk
