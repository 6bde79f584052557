"""A plugin that cannot be imported."""

import nothing_of_that_name
