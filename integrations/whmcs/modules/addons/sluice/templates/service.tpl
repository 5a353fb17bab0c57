<link rel="stylesheet" href="{$WEB_ROOT|escape}/modules/servers/sluice/assets/sluice.css">
<div class="sluice">
  {if $sluice.fault}<p class="sluice-fault" role="status">{$sluice.fault|escape}</p>{/if}
  {if $sluice.summary}<p dir="auto">{$sluice.summary|escape}</p>{/if}
  {foreach $sluice.parts as $part}
    <section class="sluice-part" id="sluice-{$part.id|escape}">
      {if $part.title}<h3 dir="auto">{$part.title|escape}</h3>{/if}
      {$part.html nofilter}
    </section>
  {/foreach}
  <p><a href="index.php?m=sluice">All services</a></p>
</div>
