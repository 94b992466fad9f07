// Every page works without these modules; each one only improves what is already there.
import { startParts } from "./part.js";
import { startRows } from "./rows.js";
import { startDialogs } from "./dialogs.js";
import { startScan } from "./scan.js";
import { startTheme } from "./theme.js";
import { startCopy } from "./copy.js";
import { startForms } from "./forms.js";
import { startMenus } from "./menus.js";
import { startCombos } from "./combo.js";
import { startPolling } from "./poll.js";
import { startPalette } from "./palette.js";

startTheme();
startMenus();
startDialogs();
startForms();
startParts();
startRows();
startScan();
startCopy();
startCombos();
startPolling();
startPalette();
document.documentElement.dataset.ready = "";
