"""The directory of an account's contacts: searched, filtered, sorted and walked without scans."""
