// Unpacks Chromium and the libraries that a bare machine lacks into TMPDIR; prints where the program is.
import chromium from "@sparticuz/chromium";

process.stdout.write(await chromium.executablePath());
