"""A plugin that cannot be imported."""

import nothing_of_that_name

nothing_of_that_name.work()
