@echo off
rem Starts the command line. Where it is not built yet, or the sources have changed since, it is
rem built first, in a folder of its own: viz\target\dist. Needs a JDK 17 or newer and Maven 3.6.3 or
rem newer. The same environment counts as for the shell's launcher: JAVA_HOME, OMP_NUM_THREADS,
rem VITRINE_JAVA_OPTS, VITRINE_MAVEN_ARGS.
setlocal EnableExtensions DisableDelayedExpansion
set "home=%~dp0"
set "home=%home:~0,-1%"
set "dist=%home%\viz\target\dist"

call :find_java || exit /b 1
call :built
if defined app call :stale && set "app="
if not defined app call :build || exit /b 1
call :set_threads %*

set "archive=%app%\classes-%version%.jsa"
set "sharing="
if exist "%archive%" set sharing="-XX:SharedArchiveFile=%archive%"
"%java%" %flags% %sharing% %VITRINE_JAVA_OPTS% -cp "%app%\lib\*" dev.vitrine.viz.Vitrine %*
exit /b %ERRORLEVEL%

rem Finds java, its folder and its version, without starting it where the JDK says so in a file.
:find_java
set "flags=-XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable --enable-native-access=ALL-UNNAMED"
set "flags=%flags% -Djdk.console=java.base -Djava.awt.headless=true -Dfile.encoding=UTF-8"
rem The second compiler waits until code is really hot: most commands end before it pays.
set "flags=%flags% -XX:Tier4InvocationThreshold=50000 -XX:Tier4MinInvocationThreshold=20000"
set "flags=%flags% -XX:Tier4CompileThreshold=100000 -XX:Tier4BackEdgeThreshold=200000"
set "java="
if defined JAVA_HOME (
  set "java=%JAVA_HOME%\bin\java.exe"
) else (
  for %%j in (java.exe) do set "java=%%~$PATH:j"
)
if not defined java (
  >&2 echo vitrine: no java on the PATH; install a JDK 17 or newer, or set JAVA_HOME to one
  exit /b 1
)
if not exist "%java%" (
  >&2 echo vitrine: "%java%" is not there; set JAVA_HOME to a JDK 17 or newer
  exit /b 1
)
for %%d in ("%java%\..\..") do set "jdk=%%~fd"
set "version="
if exist "%jdk%\release" (
  for /f "usebackq tokens=1,2 delims==" %%k in ("%jdk%\release") do (
    if "%%k"=="JAVA_VERSION" set "version=%%~l"
  )
)
if not defined version call :ask_java
set "major=0"
for /f "delims=.-+_ab" %%m in ("%version%") do set "major=%%m"
if %major% GEQ 17 exit /b 0
>&2 echo vitrine: "%java%" is Java %version%; set JAVA_HOME to a JDK 17 or newer
exit /b 1

:ask_java
set "answer=%TEMP%\vitrine-java-%RANDOM%.txt"
"%java%" -version 2>"%answer%"
for /f "usebackq tokens=2,3" %%k in ("%answer%") do if "%%k"=="version" set "version=%%~l"
del "%answer%"
exit /b 0

rem Sets app to the finished build, or to nothing.
:built
set "app="
if not exist "%dist%\current" exit /b 0
set /p app=<"%dist%\current"
set "app=%dist%\%app%"
if not exist "%app%\lib" set "app="
exit /b 0

rem Succeeds where the sources differ from the copy that the build keeps of them.
:stale
if not exist "%home%\pom.xml" exit /b 1
robocopy "%home%" "%app%\sources" pom.xml /L /XX >nul
if %ERRORLEVEL% NEQ 0 exit /b 0
for %%m in (engine kernels weights viz) do (
  robocopy "%home%\%%m" "%app%\sources\%%m" pom.xml /L /XX >nul || exit /b 0
  if exist "%home%\%%m\src\main" robocopy "%home%\%%m\src\main" "%app%\sources\%%m\src\main" /MIR /L >nul || exit /b 0
)
exit /b 1

rem Builds in a folder of its own, which counts only when dist\current names it.
:build
if not exist "%jdk%\bin\javac.exe" (
  >&2 echo vitrine: "%jdk%" has no bin\javac.exe; install a JDK 17 or newer, or set JAVA_HOME to one
  exit /b 1
)
where /q mvn.cmd
if errorlevel 1 (
  >&2 echo vitrine: no mvn on the PATH; install Maven 3.6.3 or newer ^(the first use builds with it^)
  exit /b 1
)
>&2 echo vitrine: building on first use or after a change (about a minute)...
if not exist "%dist%" mkdir "%dist%"
forfiles /p "%dist%" /m build-* /d -1 /c "cmd /c rd /s /q @path" >nul 2>nul
forfiles /p "%dist%" /m app-* /d -1 /c "cmd /c rd /s /q @path" >nul 2>nul
set "name=app-%RANDOM%%RANDOM%"
set "work=%dist%\build-%RANDOM%%RANDOM%"
set "log=%dist%\build.log"
mkdir "%work%\app" || exit /b 1
robocopy "%home%" "%work%\app\sources" pom.xml >nul
for %%m in (engine kernels weights viz) do (
  robocopy "%home%\%%m" "%work%\app\sources\%%m" pom.xml >nul
  if exist "%home%\%%m\src\main" robocopy "%home%\%%m\src\main" "%work%\app\sources\%%m\src\main" /MIR >nul
)
set "JAVA_HOME=%jdk%"
pushd "%home%"
call mvn -B -q -ntp -Dstyle.color=never -Dlauncher -Dmaven.test.skip=true "-Doutput.folder=%work%\${project.artifactId}" -pl viz -am %VITRINE_MAVEN_ARGS% package >"%log%" 2>&1 <nul
set "result=%ERRORLEVEL%"
popd
if exist "%work%\vitrine-viz\lib" if %result% EQU 0 goto :finish
powershell -NoProfile -Command "Get-Content -Tail 30 -LiteralPath $env:log" >&2
>&2 echo vitrine: the build failed; the end of its log is above, all of it is "%log%"
rd /s /q "%work%"
exit /b 1

:finish
move "%work%\vitrine-viz\lib" "%work%\app\lib" >nul || exit /b 1
move "%work%\app" "%dist%\%name%" >nul || exit /b 1
set "app=%dist%\%name%"
rem The physical cores are counted once, since asking takes long.
powershell -NoProfile -Command "(Get-CimInstance Win32_Processor | Measure-Object -Sum NumberOfCores).Sum" >"%app%\cores" 2>nul
rem The loaded classes of one run, for the next starts to map (class data sharing).
pushd "%work%"
"%java%" %flags% "-XX:ArchiveClassesAtExit=%app%\classes-%version%.jsa" -cp "%app%\lib\*" dev.vitrine.viz.Vitrine predict "%home%\viz\samples\cat.png" >>"%log%" 2>&1 <nul
if errorlevel 1 del "%app%\classes-%version%.jsa" 2>nul
popd
>"%work%\current" echo %name%
move /y "%work%\current" "%dist%\current" >nul || exit /b 1
rd /s /q "%work%"
exit /b 0

rem OMP_NUM_THREADS: --threads (cmd takes "--threads=N" for two words), or what it was, or the cores.
:set_threads
set "threads="
:next_argument
if "%~1"=="" goto :last_argument
if "%~1"=="--threads" set "threads=%~2"
shift
goto :next_argument
:last_argument
for /f "delims=0123456789" %%x in ("%threads%") do set "threads="
if "%threads:~0,1%"=="0" set "threads="
if defined threads (
  set "OMP_NUM_THREADS=%threads%"
  exit /b 0
)
if defined OMP_NUM_THREADS exit /b 0
set "OMP_NUM_THREADS=%NUMBER_OF_PROCESSORS%"
set "cores="
if exist "%app%\cores" set /p cores=<"%app%\cores"
if defined cores set "OMP_NUM_THREADS=%cores%"
exit /b 0
