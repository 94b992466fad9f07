import { launch, open, signIn } from "/work/h-ui/tests/browser/browser.js";
const [role,...paths]=process.argv.slice(2); const url=process.env.URL||"http://127.0.0.1:8798";
const b=await launch();
for (const [w,h,n] of [[1366,768,"wide"],[390,844,"phone"]]) for (const s of ["light","dark"]) { const p=await open(b,url,{viewport:{width:w,height:h},colorScheme:s}); if(role!=="-") await signIn(p,role);
 for (const path of paths) { const a=await p.goto(path); if(a.status()>=400) console.log(path,a.status()); const f=path.replace(/[^a-z0-9]+/gi,"_").slice(-50)||"home"; await p.screenshot({path:`/tmp/uip/app-${f}-${s}-${n}.png`,fullPage:n==="phone"}); }
 if(p.complaints.length) console.log(p.complaints.join("\n")); await p.context().close(); }
await b.close();
